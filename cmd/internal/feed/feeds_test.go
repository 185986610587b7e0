package feed

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestFeeds counts what is read of real feeds, where ROLECALL_DATA names a
// folder that has them: no record is lost, and none is without a title.
func TestFeeds(t *testing.T) {
	dir := os.Getenv("ROLECALL_DATA")
	if dir == "" {
		t.Skip("no feeds: set ROLECALL_DATA")
	}
	for _, c := range []struct {
		path      string
		records   int
		described int // with a description of 100 bytes or more
	}{
		{"adzuna_api_csv", 50, 50},
		{"ats_api_listing_json/greenhouse.json", 2, 0},
		{"ats_api_listing_json/justjoinit.json", 3, 0},
		{"ats_api_listing_json/lever.json", 3, 0},
		{"ats_api_listing_json/nofluffjobs.json", 3, 0},
		{"ats_api_listing_json/recruitee.json", 3, 0},
		{"ats_api_listing_json/rocketjobs.json", 3, 2},
		{"ats_api_listing_json/smartrecruiters.json", 3, 0},
		{"ats_api_listing_json/workable.json", 3, 0},
		{"builtin_listing_json", 83, 0},
		{"glassdoor_scrape_csv", 20, 20},
		{"hn_who_is_hiring", 11, 9},
		{"jobposting_common_schema", 50, 50},
		{"jsonld_html_builtin", 8, 8},
		{"linkedin_scrape_csv", 40, 40},
		{"linkedin_scrape_jsonl", 20, 20},
		{"microsoft_careers_json", 15, 15},
		{"reed_api_csv", 30, 30},
		{"rss_open_jobs/new-jobs.first100.json", 100, 0},
		{"rss_open_jobs/new-jobs.xml", 833, 18},
		{"seek_apify_json", 24, 24},
		{"textkernel_jobfeed_csv", 30, 27},
		{"transcribed", 6, 6},
		{"xml_job_feed_wakam", 18, 18},
		{"yaml_fieldguide", 6, 6},
	} {
		records, described := 0, 0
		for r := range Read(context.Background(), []string{filepath.Join(dir, "feeds", c.path)}, nil, Options{}) {
			p, err := r.Posting()
			if err != nil || p.Title == "" || p.ID == "" {
				t.Errorf("%s: %v, title %q", r.Place, err, p.Title)
			}
			records++
			if len(p.Description) >= 100 {
				described++
			}
		}
		if records != c.records || described != c.described {
			t.Errorf("%s: %d records, %d described: %d and %d wanted", c.path, records, described, c.records, c.described)
		}
	}
}
