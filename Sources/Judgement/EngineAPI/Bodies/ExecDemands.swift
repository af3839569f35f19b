import Acts
import JSON

extension ExecWish {
    /// Reads the body of `POST /containers/{id}/exec`, which is of its shape.
    init(creating body: JSONObject) {
        let flags = ["Tty", "AttachStdin", "Privileged"].filter { body[$0]?.bool == true }
        let texts = ["User", "WorkingDir"].filter { !(body[$0]?.string ?? "").isEmpty }
        let lists = ["Env"].filter { !(body[$0]?.array ?? []).isEmpty }
        self.init(
            words: (body["Cmd"]?.array ?? []).map { $0.string ?? "" },
            extras: flags + texts + lists)
    }
}

extension Draft {
    /// True when what runs has a terminal: its streams are one then, and no frames stand between.
    package var hasTerminal: Bool { body?["Tty"]?.bool == true }
}
