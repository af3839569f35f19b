extension EngineView {
    /// What the engine makes of a request for a client of an older version of the API (20.10:
    /// `postContainersCreate`, on cgroup v1).
    ///
    /// - Parameter minor: The version's second number.
    /// - Returns: What is created.
    package func asked(inVersion minor: Int) -> EngineView {
        var view = self
        if host == .none { return view }
        if minor < 25 { view.host["AutoRemove"] = .bool(false) }
        if minor < 40 {
            view.host.change("Mounts.[].BindOptions.NonRecursive") { $0 = .bool(false) }
            view.host["KernelMemoryTCP"] = .number(0)
            if host["IpcMode"].isZero { view.host["IpcMode"] = .text("shareable") }
        }
        if minor < 41, host["CgroupnsMode"].isZero { view.host["CgroupnsMode"] = .text("host") }
        if let most = host["PidsLimit"].integer, most <= 0 { view.host["PidsLimit"] = .none }
        return view
    }
}
