CREATE TABLE "dossiers" (
	"id" text PRIMARY KEY NOT NULL,
	"world" text NOT NULL,
	"subject" text NOT NULL,
	"as_of" timestamp (3) with time zone NOT NULL,
	"series_id" text,
	"items" jsonb NOT NULL,
	"facts" jsonb NOT NULL,
	"upcoming" jsonb NOT NULL,
	"quote" jsonb,
	"synthetic" boolean NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "dossiers" ADD CONSTRAINT "dossiers_world_worlds_id_fk" FOREIGN KEY ("world") REFERENCES "public"."worlds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dossiers_subject" ON "dossiers" USING btree ("world","subject","stored_at" DESC NULLS LAST);