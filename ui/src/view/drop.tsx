/** A file dropped anywhere on the page opens as a trace: OTLP JSON, or a page that was saved here. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { readTraces } from '../model/otlp-read'
import { keepOpened } from './trace/opened'

export function Drop() {
  const navigate = useNavigate()
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    const open = async (file: File) => {
      const [trace, ...others] = readTraces(await file.text())
      keepOpened({ trace, from: file.name, others: others.length })
      setProblem('')
      await navigate({ to: '/traces/$id', params: { id: trace.trace_id }, search: {} })
    }
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const onLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const onDrop = (event: DragEvent) => {
      const file = event.dataTransfer?.files[0]
      setOver(false)
      if (!file) return
      event.preventDefault()
      void open(file).catch((error: Error) => setProblem(error.message))
    }
    window.addEventListener('dragover', onOver)
    window.addEventListener('dragleave', onLeave)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragover', onOver)
      window.removeEventListener('dragleave', onLeave)
      window.removeEventListener('drop', onDrop)
    }
  }, [navigate])
  if (over) return <div className="drop">Drop a trace: OTLP JSON, or a page saved here</div>
  if (!problem) return null
  return (
    <div className="drop-problem" role="alert">
      {problem}{' '}
      <button type="button" onClick={() => setProblem('')}>
        Close
      </button>
    </div>
  )
}
