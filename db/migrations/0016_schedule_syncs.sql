CREATE TABLE "schedule_syncs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"cause" text NOT NULL,
	"changes" jsonb NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "schedule_syncs_recent" ON "schedule_syncs" USING btree ("synced_at" DESC NULLS LAST);