// A change that must not pass: the workflow waits once more before what its stored history shows. Any workflow
// would do; this one is the shortest.
import { sleep } from '@temporalio/workflow';
import { housekeeping as present } from '../../workflows/housekeeping';

export async function housekeeping(): Promise<unknown> {
  await sleep(5);
  return present();
}
