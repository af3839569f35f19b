import Acts

extension ShellAsk {
    /// What an operation of the guarded shell asks for; nil for any other.
    init?(_ call: Call) {
        func value(_ name: String) -> String? {
            let text = call.query.value(name)
            return text.isEmpty ? nil : text
        }
        switch call.operation.name {
        case "RecordingList":
            var wish = RecordingWish()
            wish.identity = value("identity")
            wish.container = value("container")
            wish.since = value("since")
            wish.until = value("until")
            wish.text = value("text")
            self = .recordings(wish)
        case "RecordingGet": self = .recording(call.subject ?? "")
        default: return nil
        }
    }
}
