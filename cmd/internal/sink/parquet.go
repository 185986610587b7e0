package sink

import (
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// parquetRow is a row of the Parquet file: the columns of the CSV file with
// their types, and the whole result as JSON.
type parquetRow struct {
	ID               string   `parquet:"id"`
	Title            string   `parquet:"title"`
	Company          string   `parquet:"company,dict"`
	Location         string   `parquet:"location,dict"`
	URL              string   `parquet:"url"`
	Posted           string   `parquet:"posted,dict"`
	Label            string   `parquet:"label,dict"`
	Confidence       float64  `parquet:"confidence"`
	State            string   `parquet:"state,dict"`
	AIEngineer       float64  `parquet:"score_ai_engineer"`
	DataEngineer     float64  `parquet:"score_data_engineer"`
	AIShare          float64  `parquet:"ai_share"`
	DEShare          float64  `parquet:"de_share"`
	Seniority        string   `parquet:"seniority,dict"`
	SalaryMin        *float64 `parquet:"salary_min,optional"`
	SalaryMax        *float64 `parquet:"salary_max,optional"`
	SalaryCurrency   string   `parquet:"salary_currency,dict"`
	SalaryPeriod     string   `parquet:"salary_period,dict"`
	Industries       []string `parquet:"industries,list"`
	Tools            []string `parquet:"tools,list"`
	Skills           []string `parquet:"skills,list"`
	Responsibilities []string `parquet:"responsibilities,list"`
	Reason           string   `parquet:"reason"`
	DuplicateOf      string   `parquet:"duplicate_of"`
	Similarity       float64  `parquet:"similarity"`
	Taxonomy         string   `parquet:"taxonomy,dict"`
	Model            string   `parquet:"model,dict"`
	Result           string   `parquet:"result,json"`
	Record           *string  `parquet:"record,optional"` // as it came, JSON, with Enrich; as json the library would write null
}

type parquetSink struct {
	w    *parquet.GenericWriter[parquetRow]
	opts Options
	rows int
}

// groupRows is how many rows are held in memory before they are written.
const groupRows = 5000

func newParquet(w io.Writer, opts Options) Sink {
	// The least and the greatest text of a page or a column would be written
	// whole, several times over, into headers that readers hold in memory; nobody
	// looks for rows by them.
	all := []parquet.WriterOption{parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(256 << 10), parquet.DataPageStatistics(false)}
	for _, name := range []string{"title", "url", "reason", "result", "record"} {
		all = append(all, parquet.SkipPageBounds(name))
	}
	return &parquetSink{w: parquet.NewGenericWriter[parquetRow](w, all...), opts: opts}
}

func (s *parquetSink) Begin(*Row) {}

// Encode gives nothing: Parquet's columns are made when rows are written.
func (s *parquetSink) Encode(dst []byte, _ *Row) []byte { return dst }

func (s *parquetSink) Write(_ []byte, rows []Row) error {
	for i := range rows {
		row, err := s.row(&rows[i])
		if err != nil {
			return err
		}
		if _, err := s.w.Write([]parquetRow{row}); err != nil {
			return err
		}
		if s.rows++; s.rows%groupRows == 0 {
			if err := s.w.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *parquetSink) row(row *Row) (parquetRow, error) {
	p, r := &row.Posting, &row.Result
	pay := orEmpty(r.Salary)
	out := parquetRow{
		ID: p.ID, Title: p.Title, Company: p.Company, Location: p.Location, URL: p.URL, Posted: p.Posted,
		Label: string(r.Label), Confidence: r.Confidence, State: string(r.State),
		AIEngineer: r.Scores.AIEngineer, DataEngineer: r.Scores.DataEngineer, AIShare: r.AIShare, DEShare: r.DEShare,
		Seniority: r.Seniority, SalaryMin: pay.Min, SalaryMax: pay.Max, SalaryCurrency: pay.Currency, SalaryPeriod: pay.Period,
		Industries: r.Industries, Tools: split(ids(r.Tools)), Skills: split(ids(r.Skills)), Responsibilities: split(ids(r.Responsibilities)),
		Reason: r.Reason, DuplicateOf: row.DuplicateOf, Similarity: row.Similarity, Taxonomy: r.Taxonomy, Model: r.Model,
		Result: string(appendRow(nil, row)),
	}
	if s.opts.Enrich && row.Record != nil {
		data, err := row.Record.JSON(nil)
		if err != nil {
			return out, err
		}
		record := string(data)
		out.Record = &record
	}
	return out, nil
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "; ")
}

func (s *parquetSink) Close() error { return s.w.Close() }
