package classifier

// Format is the version of Result's JSON shape. It is raised only when an old
// reader would misread a new shape.
const Format = 1

// Label is the answer to two yes/no questions: is AI engineering a real part
// of this job, is data engineering? It is empty where State says why there is
// no answer.
type Label string

// The labels, in the order in which they are always listed.
const (
	AIEngineer   Label = "ai_engineer"
	DataEngineer Label = "data_engineer"
	Hybrid       Label = "hybrid"
	None         Label = "none"
)

// Labels are all labels, in order.
var Labels = []Label{AIEngineer, DataEngineer, Hybrid, None}

// State says whether a posting was classified, or why not.
type State string

const (
	Classified          State = "classified"
	Review              State = "review" // below the wanted confidence: Candidates has the two likeliest labels
	TooShort            State = "too_short"
	UnsupportedLanguage State = "unsupported_language"
)

// Section is a part of a description.
type Section string

const (
	Title        Section = "title"
	Duties       Section = "duties"
	Requirements Section = "requirements"
	Preferred    Section = "preferred"
	Company      Section = "company"
	Benefits     Section = "benefits"
	Legal        Section = "legal"
	Other        Section = "other"

	// HeadingMark marks a heading among MarkedSentences; no result has it.
	HeadingMark Section = "heading"
)

// Need is what a mention asks of the candidate.
type Need string

const (
	NeedRequired  Need = "required"
	NeedPreferred Need = "preferred"
	NeedDuty      Need = "duty"
	NeedContext   Need = "context"
)

// Role is one of the two roles that are told apart.
type Role string

const (
	RoleAI   Role = "ai_engineer"
	RoleData Role = "data_engineer"
)

// Result is what is said about one posting.
type Result struct {
	Format  int    `json:"format"`
	ID      string `json:"id"`
	Title   string `json:"title"`
	Company string `json:"company,omitempty"`
	URL     string `json:"url,omitempty"`

	Label      Label   `json:"label,omitempty"`
	Confidence float64 `json:"confidence"` // probability that Label is right, 0 to 1
	State      State   `json:"state"`
	Candidates []Label `json:"candidates,omitempty"` // with state review: the two likeliest, best first
	Scores     Scores  `json:"scores"`
	AIShare    float64 `json:"ai_share"` // part of the duties that is AI engineering, 0 to 1
	DEShare    float64 `json:"de_share"` // part of the duties that is data engineering, 0 to 1
	Reason     string  `json:"reason"`

	Tools            []Found    `json:"tools"`
	Skills           []Found    `json:"skills"`
	Responsibilities []Found    `json:"responsibilities"`
	Evidence         []Evidence `json:"evidence"`

	Seniority  string   `json:"seniority"`
	Salary     *Salary  `json:"salary,omitempty"`
	Industries []string `json:"industries,omitempty"`
	Codes      *Codes   `json:"codes,omitempty"`

	Taxonomy string `json:"taxonomy"` // revision of the taxonomy
	Model    string `json:"model"`    // revision of the model
}

// Scores are the probabilities of a yes to each of the two questions, 0 to 1.
type Scores struct {
	AIEngineer   float64 `json:"ai_engineer"`
	DataEngineer float64 `json:"data_engineer"`
}

// Found is one entry of the taxonomy that the posting mentions.
type Found struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Kind     string    `json:"kind"` // tool, language, cloud, skill, responsibility
	Category string    `json:"category,omitempty"`
	Role     Role      `json:"role,omitempty"` // whose the taxonomy says it is, where it says so
	Need     Need      `json:"need,omitempty"`
	Mentions []Mention `json:"mentions"`
}

// Mention is one place: Text == field[Start:End], in bytes of the field as received.
type Mention struct {
	Field string `json:"field"` // "title" or "description"
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Evidence is one summand of a role's score: the weights of a role's evidence
// add up to the log-odds of its score.
type Evidence struct {
	Role    Role    `json:"role"`
	Entry   string  `json:"entry,omitempty"` // an entry's id, where one speaks
	Cue     string  `json:"cue,omitempty"`   // learned words, or what was counted
	Section Section `json:"section,omitempty"`
	Weight  float64 `json:"weight"` // log-odds; negative speaks against the role

	// Mention is the first place it stands, if it stands anywhere.
	*Mention
}

// Salary is a stated pay range. Min or Max is nil where only one end is stated.
type Salary struct {
	Min      *float64 `json:"min"`
	Max      *float64 `json:"max"`
	Currency string   `json:"currency"`       // ISO 4217
	Period   string   `json:"period"`         // hour, day, week, month, year
	Band     string   `json:"band,omitempty"` // within, below or above the article's band for the role
	Mention
}

// Codes are the closest occupations of two public classifications.
type Codes struct {
	ONET string `json:"onet"`
	ESCO string `json:"esco"`
}
