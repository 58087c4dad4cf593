/**
 * A stream whose first piece was awaited before the answer began, as it was before. Closing it closes what it
 * comes from even if nobody has read yet: a generator that hasn't begun would not notice.
 */
export function resumed<Piece>(
  first: IteratorResult<Piece, void>,
  rest: AsyncGenerator<Piece, void>,
): AsyncIterable<Piece> {
  let held: IteratorResult<Piece, void> | undefined = first;
  const iterator: AsyncIterator<Piece, void> = {
    next() {
      const result = held;
      held = undefined;
      return result === undefined ? rest.next() : Promise.resolve(result);
    },
    return() {
      held = undefined;
      return rest.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
