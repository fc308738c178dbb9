import { createContext, useContext } from 'react'

const Current = createContext<{ side: 'right' | 'bottom'; turn: () => void }>({ side: 'right', turn: () => {} })

/** On which side the details are, and how to change that. */
export const DockSide = Current.Provider
export const useDock = () => useContext(Current)
