import Confinement

// One thread, no Foundation, no Dispatch: what joins a container's namespaces must be alone.
Helper.main()
