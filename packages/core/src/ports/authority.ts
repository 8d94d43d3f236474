/** Whether this process may change anything, asked in the same tick as the send of a change. */
export interface Authority {
  mayAct(): boolean
}

/** For a process that is alone. */
export const soleAuthority: Authority = { mayAct: () => true }
