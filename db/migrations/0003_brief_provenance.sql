ALTER TABLE "briefs" ADD COLUMN "dossier_id" text;--> statement-breakpoint
ALTER TABLE "briefs" ADD COLUMN "series_id" text;