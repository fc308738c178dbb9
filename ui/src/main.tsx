import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './tokens.css'
import './view/base.css'
import './view/frame/frame.css'
import './view/traces/traces.css'
import './view/trace/trace.css'
import { queries } from './view/data'
import { listenToKeys } from './view/keys'
import { router } from './view/router'

listenToKeys()
createRoot(document.body.appendChild(document.createElement('div'))).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
