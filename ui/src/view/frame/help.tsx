import { Dialog } from '@base-ui/react/dialog'
import { activeKeys, keyName } from '../keys'

/** The keys that work on the page underneath. */
export function Help({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={next => !next && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog help">
          <Dialog.Title className="dialog-title">Keys of this page</Dialog.Title>
          <div className="help-scopes">{open && activeKeys().map(scope => <Scope key={scope.title} {...scope} />)}</div>
          <Dialog.Close className="quiet dialog-close" aria-label="Close">
            ✕
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Scope({ title, bindings }: ReturnType<typeof activeKeys>[number]) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys">
        {bindings.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map(key => (
                <kbd key={key}>{keyName(key)}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
