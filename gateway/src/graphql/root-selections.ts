import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  separateOperations,
} from 'graphql';

/** One operation and the fragments that it uses. */
export interface OperationDocument {
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

type KeptFragments = Map<string, FragmentDefinitionNode | undefined>;

/** The root fields of an operation, including those in fragments. Visits each fragment once. */
export class RootSelections {
  readonly names = new Set<string>();
  readonly keys: string[] = [];
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    private readonly document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
    this.read(operation.selectionSet, new Set());
  }

  private read({ selections }: SelectionSetNode, visited: Set<string>): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        this.names.add(selection.name.value);
        this.keys.push((selection.alias ?? selection.name).value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.read(selection.selectionSet, visited);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = this.fragments.get(selection.name.value);
        if (fragment) this.read(fragment.selectionSet, visited);
      }
    }
  }

  /** The operation reduced to the root fields that are kept. */
  documentOf(isKept: (name: string) => boolean): OperationDocument {
    const kept: KeptFragments = new Map();
    const selectionSet = this.kept(this.operation.selectionSet, isKept, kept);
    const operation = { ...this.operation, selectionSet };
    const fragments = [...this.fragments].flatMap(([name, fragment]) =>
      kept.has(name) ? (kept.get(name) ?? []) : fragment,
    );
    const definitions = [operation, ...fragments];
    // Unused fragments would be invalid.
    const separate = separateOperations({ kind: Kind.DOCUMENT, definitions });
    return { operation, document: separate[operation.name?.value ?? ''] ?? this.document };
  }

  private kept(
    set: SelectionSetNode,
    isKept: (name: string) => boolean,
    fragments: KeptFragments,
  ): SelectionSetNode {
    const selections = set.selections.flatMap((selection): SelectionNode[] => {
      switch (selection.kind) {
        case Kind.FIELD:
          return isKept(selection.name.value) ? [selection] : [];
        case Kind.INLINE_FRAGMENT: {
          const selectionSet = this.kept(selection.selectionSet, isKept, fragments);
          return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
        }
        case Kind.FRAGMENT_SPREAD:
          return this.keptFragment(selection.name.value, isKept, fragments) ? [selection] : [];
        default:
          return selection satisfies never;
      }
    });
    return { ...set, selections };
  }

  private keptFragment(
    name: string,
    isKept: (name: string) => boolean,
    fragments: KeptFragments,
  ): FragmentDefinitionNode | undefined {
    if (fragments.has(name)) return fragments.get(name);
    const fragment = this.fragments.get(name);
    const selectionSet = fragment && this.kept(fragment.selectionSet, isKept, fragments);
    const result =
      selectionSet && selectionSet.selections.length > 0 ? { ...fragment, selectionSet } : undefined;
    fragments.set(name, result);
    return result;
  }
}
