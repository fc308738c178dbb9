/** A few views of the same thing, one of them on screen; which one is in the address. */
interface Props<T extends string> {
  label: string
  views: readonly (readonly [view: T, title: string])[]
  view: T
  show: (view: T) => void
}

export function Views<T extends string>({ label, views, view, show }: Props<T>) {
  return (
    <div className="views" role="group" aria-label={label}>
      {views.map(([each, title]) => (
        <button key={each} type="button" aria-pressed={each === view} onClick={() => show(each)}>
          {title}
        </button>
      ))}
    </div>
  )
}
