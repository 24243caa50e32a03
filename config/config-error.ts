// What is wrong with the configuration: every problem with its place and its fix, not just the first.

export interface ConfigProblem {
  /** `conclave.yaml:4` or `environment variable TEMPORAL_ADDRESS`. */
  readonly where: string;
  /** Dotted name of the setting, e.g. `temporal.address`. */
  readonly setting: string;
  readonly message: string;
}

const sentence = ({ where, setting, message }: ConfigProblem): string =>
  `${where}: ${setting === '' ? '' : `${setting} `}${message}`;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config_invalid';
  /** Wrong use, as of a wrong option. */
  readonly exitCode = 2;
  readonly fix: string;
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(`The configuration is not valid. ${problems.map(sentence).join('; ')}.`);
    const places = [...new Set(problems.map(({ where }) => where))];
    this.fix = `Correct ${places.join(', ')}; docs/operations.md lists every setting with its accepted form.`;
  }
}
