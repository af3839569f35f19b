import ShellGrammar
import Testing

/// The judge in front of an exec of the engine's.
@Suite struct RoleExecTests {
    @Test(arguments: [
        ("viewer", ["ls", "-l", "/var/log"]), ("viewer", ["tail", "-n", "20", "/var/log/app.log"]),
        ("viewer", ["ps"]), ("viewer", ["env"]), ("ops", ["nginx", "-t"]), ("net", ["ss", "-tln"]),
        ("finder", ["grep", "timeout after", "/var/log/app.log"]),
    ])
    func whatAProgramOfTheNameDoesToo(_ role: String, _ words: [String]) throws {
        let role = try #require(Roles.named(role))
        #expect(role.objection(toExec: words) == nil)
    }

    @Test(arguments: [
        ("viewer", ["sh"], "verb.shell"), ("viewer", [], "line.words"), ("viewer", [""], "verb.quoted"),
        ("viewer", ["/bin/ls"], "verb.path"), ("viewer", ["env", "sh"], "argument.fixed"),
        // Our own filters would be names of further files to the program.
        ("viewer", ["tail", "-n", "1", "/var/log/app.log", "match", "/etc/shadow"], "exec.own"),
        // A pager of the container's starts shells, and what is ours is no program.
        ("pager", ["less", "/var/log/app.log"], "exec.own"), ("viewer", ["net"], "exec.own"),
        ("viewer", ["match", "x", "/var/log/app.log"], "exec.own"),
        // One word that a program would take for an option of its own.
        ("finder", ["grep", "-f/etc/shadow", "/var/log/app.log"], "option.joined"),
        ("finder", ["grep", "x", "/var/log/app.log\n/etc/shadow"], "line.control"),
    ])
    func whatItWouldDoBesides(_ role: String, _ words: [String], _ rule: String) throws {
        let role = try #require(Roles.named(role))
        let refusal = try #require(role.objection(toExec: words))
        #expect(refusal.rule == rule, "\(refusal.sentence)")
    }

    /// Whatever any role accepts of its own examples is either run as it is or refused as its own.
    @Test func everyExampleIsOneOrTheOther() {
        for role in Roles.all {
            for verb in role.verbs {
                for example in verb.examples {
                    guard case .accepted(let line) = role.judge(example) else { continue }
                    let objection = role.objection(toExec: line.argv)
                    #expect(objection == nil || objection?.rule == "exec.own", "\(role.name): \(example)")
                }
            }
        }
    }
}
