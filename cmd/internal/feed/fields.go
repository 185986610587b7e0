package feed

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"rolecall/classifier"
)

// names are the names under which sources keep the fields of a posting, best
// first, without case and separators: "jobtitle" is job_title, jobTitle,
// "Job Title" and title inside job. Where a record has several, the first with
// something in it is taken, for a description the longest.
var names = []struct {
	field string
	names string
}{
	{"id", `id jobid partnerjobid jobpostingid postingid vacancyid adid offerid jobkey jk guid uuid externalid objectid
		referencenumber referenceid jobreference jobrefid reference refnumber requisitionid reqid shortcode identifier identifiervalue listingid idoid slug`},
	{"title", `title titlerendered jobtitle positiontitle postingtitle vacancytitle jobname positionname position jobposition
		rolename role vacaturetitel functietitel functie vacature stelle stellentitel stellenbezeichnung jobtitel titel berufsbezeichnung
		intitule intituleduposte titredupost titreduposte titre puesto cargo opening
		designation headline text name`},
	{"company", `company companyname hiringorganizationname hiringorganizationorganizationname companydisplayname
		companytitle employer employername hiringorganization hiringcompany organization organizationname organisation
		organisationname organisatienaam advertiser advertisername recruitername dccreator firma unternehmen bedrijf entreprise
		empresa sourcename publisher name`},
	{"location", `location joblocation locationname locationdisplayname locationfulllocation locationstr locationlocationstr categorieslocation
		joblocationinfodisplaylocation fulllocation formattedlocation locationscity jobcity city locationcity
		joblocationaddressaddresslocality joblocationaddressfulltext joblocationaddresslocality locations locationsname
		place workplace standplaats plaats ort arbeitsort lieu ubicacion region state locationregion locationstate locationsregion
		joblocationaddressaddressregion country locationcountry locationscountry joblocationaddressaddresscountry joblocationaddressaddresscountryname`},
	{"description", `fulldescription descriptionhtml description jobdescription jobdescriptionhtml descriptiontext
		descriptionplain desc jobdesc longdescription positiondescription vacancydescription contentencoded content contentrendered
		contenthtml contenttext bodyhtml body html jobbody contentuneditedcontent details jobdetails jobdetail functieomschrijving omschrijving
		vacaturetekst stellenbeschreibung beschreibung descriptif descripcion jobadsectionsjobdescriptiontext text posttext
		commenttext postingtext plaintext jd aboutthejob descriptionduposte descriptionposte fulltext rawtext summary jobsummary abstract snippet excerpt`},
	{"url", `url joburl link joblink hostedurl absoluteurl jobposturl jobpostingurl posturl detailurl postingurl canonicalurl externalurl
		redirecturl careersurl sourceurl vacaturelinkorigineel vacaturelink joblistingurl linkedinurl joburldirect
		applyurl applylink jobapplylink applicationurl ref href guidurl`},
	{"posted", `posted dateposted postedat posteddate postedon postdate publishedat publisheddate publishedon datepublished
		publicationdate releaseddate releasedat firstpublished listedat listdate listingdate postingdate listeddate openingdate created createdat
		createddate datecreated date pubdate published datumgevonden datum updated updatedat lastupdated time scrapeddate scrapedat`},
}

// places are the parts of a place, narrowest first, and the ends of the names that
// have them, which start alike: "jobcity jobstate jobcountry" or "addresslocality
// addressregion addresscountry".
var places = [][]string{
	{"city", "locality", "town"},
	{"state", "region", "province", "stateprovince"},
	{"country", "countryname", "countrycode"},
}

// A part of a posting that its source keeps apart from the description.
type part struct {
	section classifier.Section
	heading string
	names   string
}

// parts are composed into the description behind its main text, in this order.
var parts = []part{
	{classifier.Duties, "Responsibilities", `responsibilities jobresponsibilities duties jobduties keyresponsibilities tasks whatyoulldo whatyouwilldo`},
	{classifier.Requirements, "Requirements", `requirements jobrequirements jobrequirement candidaterequirements minimumrequirements mustrequirements musts`},
	{classifier.Requirements, "Qualifications", `qualifications minimumqualifications requiredqualifications basicqualifications jobadsectionsqualificationstext`},
	{classifier.Requirements, "Experience", `experiencerequirements experiencerequirementsdescription`},
	{classifier.Requirements, "Education", `educationrequirements`},
	{classifier.Requirements, "Skills", `requiredskills mustskills skills keyskills technicalskills techstack technologies`},
	{classifier.Preferred, "Nice to have", `nicetohave nicetohaves nicetohaveskills niceskills preferredqualifications preferredskills desiredskills bonuspoints`},
	{classifier.Benefits, "Benefits", `benefits jobbenefits perks incentivecompensation whatweoffer`},
	{classifier.Company, "About the company", `companydescription aboutcompany aboutthecompany companyoverview hiringorganizationdescription hiringorganizationorganizationdescription jobadsectionscompanydescriptiontext`},
	{classifier.Other, "Additional information", `additionalinformation additional additionalplain jobadsectionsadditionalinformationtext`},
}

// target is what a name stands for.
type target struct {
	field int // index into names, or -1
	part  int // index into parts, or -1
	rank  int
}

// FieldNames are the fields that Options.Map can name.
func FieldNames() []string {
	all := make([]string, len(names))
	for i, f := range names {
		all[i] = f.field
	}
	return all
}

func checkMap(m map[string]string) error {
	for field, column := range m {
		if !slices.Contains(FieldNames(), field) || column == "" {
			return fmt.Errorf("map %s=%s: one of %s and a column was wanted, as in title=\"Job Title\"", field, column, strings.Join(FieldNames(), ", "))
		}
	}
	taken := map[string]string{}
	for _, field := range FieldNames() {
		column, ok := m[field]
		if !ok {
			continue
		}
		if other := taken[plain(column)]; other != "" {
			return fmt.Errorf("map %s=%s: the column is mapped to %s already, a column of its own was wanted", field, column, other)
		}
		taken[plain(column)] = field
	}
	return nil
}

// plain turns a name into the form that the tables above have.
func plain(name string) string {
	var out []byte
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out = append(out, byte(r))
		case r > 127:
			out = append(out, letter(r)...)
		}
	}
	return string(out)
}

// letter folds the accents of Western European column names. The letters of
// other alphabets are left, with the marks that belong to them.
func letter(r rune) string {
	const from, to = "àáâäåèéêëìíîïòóôöùúûüçñ", "aaaaaeeeeiiiioooouuuucn"
	at := 0
	for _, f := range from {
		if f == r {
			return to[at : at+1]
		}
		at++
	}
	if unicode.In(r, unicode.L, unicode.M, unicode.N) && !unicode.Is(unicode.Inherited, r) {
		return string(r)
	}
	return ""
}

var byName = func() map[string][]target {
	all := map[string][]target{}
	for i, f := range names {
		for rank, name := range strings.Fields(f.names) {
			all[name] = append(all[name], target{i, -1, rank + 1})
		}
	}
	for i, p := range parts {
		for rank, name := range strings.Fields(p.names) {
			all[name] = append(all[name], target{-1, i, rank + 1})
		}
	}
	return all
}()
