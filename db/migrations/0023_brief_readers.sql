ALTER TABLE "brief_reads" ADD COLUMN "member" text;--> statement-breakpoint
CREATE UNIQUE INDEX "brief_reads_reader" ON "brief_reads" USING btree ("reader","member");