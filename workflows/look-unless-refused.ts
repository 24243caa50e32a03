// One look of a watch that is refused for good, such as by a stored setting of an older form, is not the watch's end.
import { isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { failureText } from './failure-text';

/** What `look` found; null where it failed, which the workflow's details say. @throws a cancellation */
export const lookUnlessRefused = async <T>(look: () => Promise<T>): Promise<T | null> => {
  try {
    return await look();
  } catch (error) {
    if (isCancellation(error)) throw error;
    setCurrentDetails(`The last look failed: ${failureText(error)}`);
    return null;
  }
};
