package classifier

import (
	"strings"
	"testing"

	"rolecall/index"
)

// TestAlternatives: those that count for their role are marked with a +, the
// ones that are only another name for it with a -.
func TestAlternatives(t *testing.T) {
	r := newReading(t)
	for _, c := range []struct{ in, want string }{
		{"Experience with Airflow, Dagster or similar.", "+Airflow -Dagster"},
		{"Airflow or Dagster is a must.", "+Airflow -Dagster"},
		{"Airflow/Dagster", "+Airflow -Dagster"},
		{"Kafka, Kinesis, or Flink", "+Kafka -Kinesis -Flink"},
		{"Kafka or Kinesis, Airflow, Flink", "+Kafka -Kinesis +Airflow +Flink"},
		{"Kafka/Kinesis, Airflow", "+Kafka -Kinesis +Airflow"},
		{"Airflow, Kafka/Kinesis", "+Airflow +Kafka -Kinesis"},
		{"Airflow, Dagster and similar tools", "+Airflow -Dagster"},
		{"Airflow and Dagster", "+Airflow +Dagster"},
		{"Airflow, Dagster, dbt", "+Airflow +Dagster +dbt"},
		{"Airflow. Or Dagster.", "+Airflow +Dagster"},
		{"Airflow or LangChain", "+Airflow +LangChain"}, // of two roles
		{"We run Airflow, and the team that owns it or Dagster", "+Airflow +Dagster"},
		{"Airflow or", "+Airflow"},
		{"", ""},
	} {
		r.read(&Posting{Description: c.in})
		var got []string
		for i, tag := range r.scan.Tags[index.Things] {
			sign := "+"
			if r.repeats[i] {
				sign = "-"
			}
			got = append(got, sign+c.in[tag.Start:tag.End])
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q: %q was wanted", c.in, s, c.want)
		}
	}
}
