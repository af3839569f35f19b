package import EngineAPI
package import JSON

/// Who compares what an engine tells with what it was asked.
package protocol EngineWatch: AnyObject, Sendable {
    /// A request is about to be sent.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The target.
    ///   - body: The body when it is JSON.
    ///   - entry: The id of its entry in the record; "" for the gateway's own requests.
    /// - Returns: What it is ended by; nil when engines tell nothing of such.
    func begin(_ method: String, _ target: String, _ body: [UInt8]?, entry: String) -> UInt64?

    /// A request has ended.
    ///
    /// - Parameters:
    ///   - token: What `begin` has returned.
    ///   - end: How it has ended.
    func end(_ token: UInt64, _ end: RequestEnd)

    /// Since when events are to be told, in nanoseconds since 1970; nil: since now.
    var heardUntil: Int64? { get }

    /// A stream of events has begun.
    func streamBegan()

    /// Events have come, of the past first.
    ///
    /// - Parameters:
    ///   - events: The events.
    ///   - began: When the stream was asked for, in nanoseconds since 1970.
    func hear(_ events: [EngineEvent], began: Int64)

    /// Something was told that cannot be read.
    func missed()

    /// The stream has ended.
    func streamEnded()

    /// The engine has said what a container is.
    ///
    /// - Parameters:
    ///   - id: The container's full id.
    ///   - inspected: What it has said.
    ///   - asked: When it was asked, in nanoseconds since 1970.
    func learn(_ id: String, _ inspected: JSONValue, asked: Int64)
}

extension EngineWatch {
    /// A request of the gateway's own is about to be sent of whose end nobody will tell.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The target.
    ///   - body: The body when it is JSON.
    package func note(_ method: String, _ target: String, _ body: [UInt8]?) {
        if let token = begin(method, target, body, entry: "") { end(token, .left) }
    }
}
