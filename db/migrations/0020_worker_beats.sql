CREATE TABLE "worker_beats" (
	"worker" text PRIMARY KEY NOT NULL,
	"beat_at" timestamp (3) with time zone NOT NULL
);
