/** Work that was started and is waited for at the end; nothing of it rejects unheard. */
export interface TaskSet {
  track(task: Promise<void>): void
  settled(): Promise<void>
}

export function createTaskSet(onTrouble: (error: unknown) => void): TaskSet {
  const tasks = new Set<Promise<void>>()
  return {
    track: (task) => {
      const heard = task.catch(onTrouble).finally(() => tasks.delete(heard))
      tasks.add(heard)
    },
    settled: async () => {
      while (tasks.size > 0) await Promise.all(tasks)
    },
  }
}
