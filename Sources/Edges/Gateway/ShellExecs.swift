import Acts
import GuardedShell

/// The execs of a session of the guarded shell, among those that end with their authority.
struct ShellExecs: LineExecs {
    /// Where execs are known.
    let register: ExecRegister
    /// Who has entered.
    let peer: Peer
    /// What entering was.
    let act: Act
    /// What was known then.
    let facts: Facts

    func made(_ exec: String, for seat: AgentSeats.Seat) {
        register.note(
            MadeExec(
                id: exec, peer: peer, act: act, facts: facts, isRecorded: false, isLine: true))
        register.keep(seat, for: exec)
    }

    func started(_ exec: String) {
        register.noteStart(of: exec)
        register.noteMove(of: exec)
    }

    func startEnded(_ exec: String, isAnswered: Bool) {
        register.noteStartEnd(of: exec, isAnswered: isAnswered)
    }

    func ended(_ exec: String) { register.abandon(exec, "its line has ended") }

    func giveUp(_ exec: String, _ why: String) { register.abandon(exec, why) }
}
