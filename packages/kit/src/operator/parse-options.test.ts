import { OperatorError, parseArguments, parseOptions } from './options';

const options = { failed: { type: 'boolean' }, limit: { type: 'string' } } as const;

describe('parseOptions', () => {
  it('returns the values of the options', () => {
    expect(parseOptions(['--failed', '--limit', '5'], options)).toEqual({ failed: true, limit: '5' });
  });

  it.each([
    { args: ['--bogus'], reason: /^Unknown option '--bogus'/ },
    { args: ['--limit'], reason: /^Option '--limit <value>' argument missing\./ },
    { args: ['--limit', '-3'], reason: /^Option '--limit' argument is ambiguous\./ },
    { args: ['--failed=yes'], reason: /^Option '--failed' does not take an argument\./ },
    { args: ['extra'], reason: /^Unexpected argument 'extra'\./ },
  ])('rejects $args in one line that lists the options', ({ args, reason }) => {
    const parse = () => parseOptions(args, options);
    expect(parse).toThrow(OperatorError);
    expect(parse).toThrow(reason);
    expect(parse).toThrow(/^[^\n]+\. Options: --failed, --limit <value>\.$/);
  });
});

describe('parseArguments', () => {
  it('returns other arguments beside the options', () => {
    expect(parseArguments(['one', '--failed', 'two'], options)).toMatchObject({
      values: { failed: true },
      positionals: ['one', 'two'],
    });
  });

  it('lists "none" for a command without options', () => {
    expect(() => parseArguments(['--bogus'], {})).toThrow(/Options: none\.$/);
  });
});
