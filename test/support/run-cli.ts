// The command line, for tests that start it as a process.
import { main } from '../../cli/main';

main(process.argv).then((code) => {
  process.exitCode = code;
});
