/** A server with a token: asked for once, then a cookie that scripts cannot read. */
import { type FormEvent, useState } from 'react'
import { asProblem, tell } from '../ask'
import { queries } from '../data'

export function Login() {
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const token = new FormData(event.currentTarget).get('token')
    try {
      await tell('/api/session', { token })
      await queries.invalidateQueries()
    } catch (error) {
      setProblem(asProblem(error).message)
    }
  }
  return (
    <form className="notice" onSubmit={submit}>
      <p className="notice-title">This server wants a token.</p>
      <p>It is the one in TRIVET_READ_TOKEN or TRIVET_TOKEN where the server was started.</p>
      <p className="row">
        <input name="username" autoComplete="username" defaultValue="trivet" hidden />
        <input name="token" type="password" aria-label="Token" autoComplete="current-password" required />
        <button type="submit">Open</button>
      </p>
      {problem && (
        <p role="alert" className="error">
          {problem}
        </p>
      )}
    </form>
  )
}
