/// Who knows of the execs by which a session's lines run, and ends their processes: the engine itself ends
/// none, and goes on with them when nobody listens any more.
package protocol LineExecs: Sendable {
    /// An exec was made for a line, and may be started from now on.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - seat: The line's right to run, which is kept until nothing of the exec lives.
    func made(_ exec: String, for seat: AgentSeats.Seat)

    /// The engine is asked to start it.
    func started(_ exec: String)

    /// The engine has answered that, or nobody waits for its answer any more: it may start it all the same.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - isAnswered: True when the engine has answered.
    func startEnded(_ exec: String, isAnswered: Bool)

    /// The engine says that it has ended; what it has left behind is ended too.
    func ended(_ exec: String)

    /// Nobody waits for it any more: whatever of it lives is ended.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - why: The reason, for the record.
    func giveUp(_ exec: String, _ why: String)
}
