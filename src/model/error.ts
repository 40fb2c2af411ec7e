/** The one error a user may cause: printed as a single line, exit code 2, no stack trace unless --debug. */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** Where it is: `file:line` or an option's name; part of the message. */
  readonly where: string | null;

  constructor(message: string, where: string | null = null) {
    super(where === null ? message : `${where}: ${message}`);
    this.where = where;
  }
}
