// `conclave review`: disputes that wait for a person.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { idText, personText, shortWord } from '../../client/fields';
import {
  decideReview,
  findReview,
  listedReviews,
  type ReviewDocument,
  shownReview,
} from '../../client/reviews';
import type { ReviewRow } from '../../db/review-store';
import { checks } from '../options';
import { printJson, printText, runAction } from '../output';
import { withClient } from '../with-client';

interface Flags {
  readonly json?: boolean;
}

interface DecideFlags extends Flags {
  readonly reason: string;
  readonly by?: string;
}

const known = async (client: ConclaveClient, id: string): Promise<ReviewRow> => {
  const row = await findReview(client, id);
  if (row) return row;
  throw new RangeError(`review "${id}" is not known; accepted: an id from "conclave review list --all"`);
};

const waitingText = ({ pending, options, dueAt, default: fallback }: ReviewDocument): string =>
  pending ? `  ${pending}` : `  accepted ${options.join(', ')}; at ${dueAt} it becomes ${fallback}`;

const render = (review: ReviewDocument): string =>
  [
    `${review.reviewId}  ${review.status}`,
    `  ${review.question.replace(/\s+/g, ' ')}`,
    review.status === 'waiting'
      ? waitingText(review)
      : `  ${review.verdict ?? 'no verdict'}${review.reviewer ? ` by ${review.reviewer}` : ''} at ${review.closedAt}${review.reason ? `: ${review.reason}` : ''}`,
  ].join('\n');

const print = (review: ReviewDocument, { json }: Flags): void =>
  json ? printJson(review) : printText(render(review));

const list = (flags: Flags & { readonly all?: boolean }): Promise<void> =>
  withClient(async ({ client }) => {
    const documents = await listedReviews(client, { all: flags.all ?? false });
    if (flags.json) printJson({ reviews: documents });
    else if (documents.length > 0) printText(documents.map(render).join('\n'));
    else printText(flags.all ? 'There has been no review yet.' : 'Nothing waits for a person.');
  });

const show = (id: string, flags: Flags): Promise<void> =>
  withClient(async ({ client }) => print(await shownReview(client, await known(client, id)), flags));

const decide = (id: string, verdict: string, flags: DecideFlags): Promise<void> =>
  withClient(async ({ client }) => {
    const answer = { verdict, reviewer: flags.by ?? userInfo().username, reason: flags.reason };
    const row = await decideReview(client, await known(client, id), answer);
    print(await shownReview(client, row), flags);
  });

const withDecision = (command: Command): Command =>
  command
    .requiredOption('--reason <text>', 'why', checks('reason', personText))
    .option('--by <name>', 'who decides (default: the name of your account here)', checks('by', personText))
    .option('--json', 'print one JSON document');

export const registerReview = (program: Command): void => {
  const review = program
    .command('review')
    .description('disputes that wait for a person: list, show, approve, reject')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave review list\n  $ conclave review approve review:tournament:ab12cd34-0f9e8d7c --reason "checked the filing"',
    );
  review
    .command('list')
    .description('what waits for a person')
    .option('--all', 'also what is decided')
    .option('--json', 'print one JSON document')
    .action(runAction(list));
  review
    .command('show')
    .argument('<id>', 'the review', checks('id', idText))
    .description('one review')
    .option('--json', 'print one JSON document')
    .action(runAction(show));
  for (const verdict of ['approve', 'reject'])
    withDecision(
      review
        .command(verdict)
        .argument('<id>', 'the review', checks('id', idText))
        .description(`decide "${verdict}"`),
    ).action(runAction((id: string, flags: DecideFlags) => decide(id, verdict, flags)));
  withDecision(
    review
      .command('decide')
      .argument('<id>', 'the review', checks('id', idText))
      .argument('<verdict>', 'one of the accepted verdicts', checks('verdict', shortWord))
      .description('decide by another verdict'),
  ).action(runAction(decide));
};
