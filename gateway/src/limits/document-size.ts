import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The size of a selection set with fragments expanded; may exceed the safe integers. */
export interface SelectionSize {
  /** Fields, inline fragments and fragment spreads at all levels, introspection included. */
  selections: number;
  /** A root field has depth 1. Introspection counts as one level: graphql-js limits its depth. */
  depth: number;
  aliases: number;
  directives: number;
  /** Fields at the selection's own level. */
  fields: number;
  /** Fields at this level that verify a secret. */
  authentications: number;
  /** Fields at this level that compute a password hash. */
  hashes: number;
}

const nothing: SelectionSize = {
  selections: 0,
  depth: 0,
  aliases: 0,
  directives: 0,
  fields: 0,
  authentications: 0,
  hashes: 0,
};

/** Root fields that verify a secret. */
const authentications: ReadonlySet<string> = new Set([
  'login',
  'register',
  'changePassword',
  'refreshSession',
]);
const hashes: ReadonlySet<string> = new Set(['login', 'register', 'changePassword']);

/** Measures the operations of one document. A fragment that is spread often is measured once. */
export class DocumentMeasure {
  private readonly fragments = new Map<string, SelectionSetNode>();
  private readonly measured = new Map<string, SelectionSize>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition.selectionSet);
    }
  }

  sizeOf({ directives = [], selectionSet }: OperationDefinitionNode): SelectionSize {
    return add({ ...nothing, directives: directives.length }, this.sizeOfSet(selectionSet));
  }

  private sizeOfSet({ selections }: SelectionSetNode): SelectionSize {
    return selections.map((selection) => this.sizeOfSelection(selection)).reduce(add, nothing);
  }

  private sizeOfSelection(selection: SelectionNode): SelectionSize {
    const own = { ...nothing, selections: 1, directives: selection.directives?.length ?? 0 };
    switch (selection.kind) {
      case Kind.INLINE_FRAGMENT:
        return add(own, this.sizeOfSet(selection.selectionSet));
      case Kind.FRAGMENT_SPREAD:
        return add(own, this.sizeOfFragment(selection.name.value));
      case Kind.FIELD: {
        const name = selection.name.value;
        const inside = selection.selectionSet ? this.sizeOfSet(selection.selectionSet) : nothing;
        return {
          selections: inside.selections + 1,
          depth: name.startsWith('__') ? 1 : inside.depth + 1,
          aliases: inside.aliases + (selection.alias ? 1 : 0),
          directives: inside.directives + own.directives,
          fields: 1,
          authentications: authentications.has(name) ? 1 : 0,
          hashes: hashes.has(name) ? 1 : 0,
        };
      }
      default:
        return selection satisfies never;
    }
  }

  private sizeOfFragment(name: string): SelectionSize {
    const known = this.measured.get(name);
    if (known) return known;
    // Ends the recursion for a fragment that spreads itself, which validation rejects.
    this.measured.set(name, nothing);
    const set = this.fragments.get(name);
    const size = set ? this.sizeOfSet(set) : nothing;
    this.measured.set(name, size);
    return size;
  }
}

function add(left: SelectionSize, right: SelectionSize): SelectionSize {
  return {
    selections: left.selections + right.selections,
    depth: Math.max(left.depth, right.depth),
    aliases: left.aliases + right.aliases,
    directives: left.directives + right.directives,
    fields: left.fields + right.fields,
    authentications: left.authentications + right.authentications,
    hashes: left.hashes + right.hashes,
  };
}
