package classifier

// facts fills in what is told besides the label: seniority, salary, industries.
func (r *reading) facts(p *Posting, res *Result) {
	res.Seniority = "unspecified"
}
