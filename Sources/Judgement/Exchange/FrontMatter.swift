import EngineAPI
import Wire

/// What a request's header fields must say for its operation.
enum FrontMatter {
    /// Why a request is refused for its header fields, or nil.
    static func refusal(
        _ head: RequestHead, for operation: Operation, by hosts: HostNames
    ) -> Answer? {
        if let answer = hostRefusal(head, hosts) { return answer }
        if head.fields[.contentEncoding].map({ $0.lowercased() != "identity" }) == true {
            return refused(400, "wire.encoding", "an encoded body cannot be judged; send it plain")
        }
        if let answer = browserRefusal(head, operation) { return answer }
        if let answer = upgradeRefusal(head, operation) { return answer }
        switch operation.body {
        case .none: return nil
        case .json: return head.framing == .none ? nil : typeRefusal(head)
        case .stream: return nil
        }
    }

    /// True for a body that clients send where none belongs: nothing, `{}` or `null`.
    static func saysNothing(_ body: [UInt8]) -> Bool {
        guard body.count <= 16 else { return false }
        let text = body.filter { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
        return text.isEmpty || text.elementsEqual("{}".utf8) || text.elementsEqual("null".utf8)
    }

    private static func hostRefusal(_ head: RequestHead, _ hosts: HostNames) -> Answer? {
        let host = head.fields[.host] ?? ""
        guard !hosts.include(host) else { return nil }
        return refused(
            403, "wire.host",
            "\(host) is no name of this gateway's, and a page could hide behind it; "
                + "ask for \(hosts.words)")
    }

    /// A page in a browser that holds the user's certificate could stop containers: what only
    /// browsers send is refused (Fetch §3, RFC 6265). A WebSocket library names its own origin, which
    /// is looked at with the handshake.
    private static func browserRefusal(_ head: RequestHead, _ operation: Operation) -> Answer? {
        var marks: [FieldName] = [.cookie, .secFetchSite, .secFetchMode, .secFetchDest]
        if case .webSocket = operation.answer {} else { marks.append(.origin) }
        guard let mark = marks.first(where: head.fields.contains) else { return nil }
        return refused(
            403, "wire.browser",
            "a browser sends \(mark.rawValue), and pages may not use the engine; use a Docker client"
        )
    }

    private static func upgradeRefusal(_ head: RequestHead, _ operation: Operation) -> Answer? {
        let allowed: [String?]
        switch operation.answer {
        case .value, .live: allowed = [nil]
        case .hijack: allowed = [nil, "tcp"]
        case .webSocket: allowed = ["websocket"]
        }
        guard allowed.contains(head.upgrade) else {
            let taken = allowed.map { $0 ?? "no upgrade" }.joined(separator: " or ")
            return refused(
                400, "wire.upgrade",
                "\(operation.name) does not switch to this protocol; it takes \(taken)")
        }
        if case .webSocket = operation.answer {
            let origin = head.fields[.origin]
            let own = ["http://", "https://"].map { $0 + (head.fields[.host] ?? "") }
            guard origin.map(own.contains) ?? true else {
                return refused(403, "wire.origin", "a page of another origin may not attach")
            }
            guard head.fields[.webSocketVersion] == "13", head.fields[.webSocketKey] != nil else {
                return refused(400, "wire.upgrade", "this is no WebSocket handshake")
            }
        }
        return nil
    }

    private static func typeRefusal(_ head: RequestHead) -> Answer? {
        let type = head.fields[.contentType] ?? ""
        // What every client sends needs no taking apart.
        if type.utf8.elementsEqual("application/json".utf8) { return nil }
        let media = type.split(separator: ";").first.map(String.init) ?? ""
        guard media.lowercased().filter({ $0 != " " }) == "application/json" else {
            return refused(400, "wire.type", "the body's Content-Type must be application/json")
        }
        return nil
    }

    private static func refused(_ status: Int, _ rule: String, _ what: String) -> Answer {
        Answer(status: status, message: "quaymaster: refused: \(what); rule \(rule)", rule: rule)
    }
}
