/** A statement in pieces, so that its words can be told apart on screen; the server alone understands it. */

export interface SqlPiece {
  text: string
  kind: 'plain' | 'keyword' | 'string' | 'number' | 'comment' | 'wrong'
}

const KEYWORDS = new Set(
  `select from where group by order limit as with and or not in is null like ilike between case when then else end
   having distinct join left right inner outer full on using union all desc asc array prewhere final sample explain
   describe show interval second minute hour day week month year offset fill step to over partition`.split(/\s+/),
)
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^'\\]|\\.|'')*'?)|("[^"]*"?|`[^`]*`?)|(\b\d[\w.]*)|([A-Za-z_]\w*)|(\s+|[\s\S])/g

/** `at`: where the server found something wrong; the token that holds it is told apart. */
export function sqlPieces(text: string, at: number | null): SqlPiece[] {
  const pieces: SqlPiece[] = []
  for (const match of text.matchAll(TOKEN)) {
    const [token, comment, string, , digits, word] = match
    const wrong = at !== null && match.index <= at && at < match.index + token.length
    const kind = wrong
      ? 'wrong'
      : comment
        ? 'comment'
        : string
          ? 'string'
          : digits
            ? 'number'
            : word && KEYWORDS.has(word.toLowerCase())
              ? 'keyword'
              : 'plain'
    const last = pieces.at(-1)
    if (last?.kind === kind && kind !== 'wrong') last.text += token
    else pieces.push({ text: token, kind })
  }
  return pieces
}
