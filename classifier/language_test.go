package classifier

import (
	"strings"
	"testing"

	"rolecall/index"
)

// In other languages: adverts written for this test.
var foreign = map[string]string{
	"German":     "Wir suchen für unser Team in München einen Data Engineer (m/w/d). Du entwickelst Datenpipelines mit Spark und Airflow, betreust das Data Warehouse und arbeitest eng mit den Kollegen aus dem Fachbereich zusammen. Das bringst du mit: Erfahrung mit Python und SQL.",
	"Dutch":      "Voor ons team in Utrecht zoeken wij een data engineer. Je bouwt pipelines met Spark en Kafka en je beheert het datawarehouse. Je werkt samen met analisten en met collega's van andere afdelingen. Wij bieden een goed salaris en een laptop van de zaak.",
	"French":     "Nous recherchons un ingénieur de données pour notre équipe à Lyon. Vous concevez les pipelines avec Spark et Airflow, vous maintenez notre entrepôt de données et vous travaillez avec les analystes. Une première expérience avec Python est demandée.",
	"Spanish":    "Buscamos un ingeniero de datos para nuestro equipo en Valencia. Vas a construir pipelines con Spark y Kafka, mantener el almacén de datos y trabajar con los analistas de la empresa. Se requiere experiencia con Python y un buen nivel de inglés.",
	"Polish":     "Szukamy inżyniera danych do naszego zespołu w Krakowie. Będziesz budować potoki danych w Spark i Kafka oraz utrzymywać hurtownię danych. Współpracujesz z analitykami. Wymagane jest doświadczenie w pracy z językiem Python oraz znajomość SQL.",
	"Portuguese": "Procuramos um engenheiro de dados para a nossa equipe em Recife. Você vai construir pipelines com Spark e Kafka, manter o data warehouse e trabalhar com os analistas da empresa. É necessário ter experiência com Python e não precisa de inglês.",
	"Vietnamese": "Chúng tôi đang tìm kỹ sư dữ liệu cho nhóm của chúng tôi tại Hà Nội. Bạn sẽ xây dựng các đường ống dữ liệu với Spark và Kafka, vận hành kho dữ liệu và làm việc cùng các nhà phân tích. Yêu cầu có kinh nghiệm với Python và SQL.",
	"Japanese":   "データエンジニアを募集しています。SparkとKafkaを使ってデータパイプラインを構築し、データウェアハウスを運用していただきます。アナリストと協力して、信頼できるデータを提供する仕事です。PythonとSQLの経験が必要です。",
	"Chinese":    "我们正在招聘数据工程师。您将使用 Spark 和 Kafka 构建数据管道，维护数据仓库，并与分析师合作。要求熟悉 Python 和 SQL，有三年以上工作经验，能够独立解决问题，具有良好的沟通能力和团队合作精神。",
	"Italian":    "Cerchiamo un ingegnere dei dati per il nostro gruppo di Torino. Dovrai costruire pipeline con Spark e Kafka, gestire il data warehouse e lavorare con gli analisti della azienda. È richiesta esperienza con Python e con i database, anche nel cloud.",
	"Russian":    "Мы ищем инженера данных в нашу команду в Москве. Вы будете строить конвейеры данных на Spark и Kafka, поддерживать хранилище данных и работать вместе с аналитиками. Требуется опыт работы с Python и хорошее знание SQL.",
}

func TestForeignIsNotEnglish(t *testing.T) {
	for name, text := range foreign {
		for _, n := range []int{1, 12} {
			if s := strings.Repeat(text+"\n", n); english(s) || englishWords(s, index.Lex(nil, s)) {
				t.Errorf("%s, %d times, was taken for English", name, n)
			}
		}
		if long := strings.Repeat(text+"\n", 6) + "We are an equal opportunity employer and thank you for your interest in our company.\n"; english(long) || englishWords(long, index.Lex(nil, long)) {
			t.Errorf("%s with one English sentence was taken for English", name)
		}
	}
}

func TestEnglish(t *testing.T) {
	advert := "We are looking for a data engineer to join the team in Leeds. You will build pipelines with Spark and own the warehouse. "
	for _, in := range []string{
		"",
		"Data Engineer",
		"Python, SQL, Spark, Kafka, Airflow, dbt, Snowflake, AWS Glue, S3, Redshift, Terraform, Docker, Kubernetes, GitHub Actions, Jenkins, Datadog",
		strings.ToUpper(advert),
		advert,
		"- 5+ years Python\n- Strong SQL\n- Kafka or Kinesis\n- Degree in Computer Science\n- Remote, US only\n- No sponsorship\n- Airflow a plus",
		"Role: ML Engineer. Location: San José, CA. Duration: 12 months. Rate: $65/hr C2C. Mandatory skills: Go, GCP Vertex AI, React, GraphQL, CI/CD.",
		foreign["German"] + "\n" + strings.Repeat(advert, 8),
		strings.Repeat(advert, 3) + foreign["Japanese"] + strings.Repeat(advert, 3) + foreign["Japanese"],
		strings.Repeat("• You’ll own the café’s data — and “love” it…\n", 20),
	} {
		if !english(in) {
			t.Errorf("refused: %.80q", in)
		}
	}
}

func FuzzEnglish(f *testing.F) {
	f.Add("We are looking for you")
	f.Add("\xff\xe2\xc3")
	f.Fuzz(func(t *testing.T, text string) {
		if first, again := english(text), english(text+""); first != again {
			t.Errorf("two answers for %q", text)
		}
	})
}

func BenchmarkEnglish(b *testing.B) {
	text := strings.Repeat("We are looking for a data engineer to join the team in Leeds. ", 64)
	b.ReportAllocs()
	for range b.N {
		english(text)
	}
}
