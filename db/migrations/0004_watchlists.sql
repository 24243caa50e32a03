CREATE TABLE "watchlists" (
	"market" text NOT NULL,
	"subject" text NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "watchlists_market_subject_pk" PRIMARY KEY("market","subject")
);
