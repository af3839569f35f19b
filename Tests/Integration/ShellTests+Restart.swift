import Foundation
import Testing

extension Integration.ShellTests {
    /// A gateway that starts anew, in good order or not, has forgotten what waits for an approval; both
    /// sides are told so.
    @Test func whatWaitsIsForgottenByANewGateway() throws {
        let agent = try RunningAgent()
        let policy =
            Plane.policy + """

                  - {to: alice, may: [enter], in: red, shell: [viewer, ops], needs: {approval: line}}
                  - {to: carol, may: [approve], in: red}
                """
        let configuration = "agent: {socket: \(agent.socket)}\n"
        try withPlane(policy: policy, limits: "drainSeconds: 1", configuration: configuration) { plane in
            try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "1000")
            func ask() throws -> (asking: Command, id: String) {
                let asking = try Command(
                    [Plane.program, "enter", "--format", "json", "web", "-c", "nginx -t"],
                    environment: plane.environment("alice"))
                // Whoever asks hears of it while it waits.
                #expect(asking.wait { $0.output.contains("\"approval\":\"") }, "\(asking.errors)")
                let rest = try #require(asking.output.firstRange(of: "\"approval\":\"")).upperBound
                return (asking, String(asking.output[rest...].prefix(12)))
            }
            func approve(_ words: String...) throws -> Outcome {
                try run([Plane.program, "approve"] + words, environment: plane.environment("carol"))
            }
            let first = try ask()
            try plane.restart()
            let told = first.asking.finish(seconds: 20)
            #expect(told.status == 3 && told.output.contains("forgets what waits for an approval"), "\(told)")
            let gone = try approve(first.id)
            #expect(gone.status == 1 && gone.errors.contains("started anew"), "\(gone)")
            let second = try ask()
            #expect(second.id != first.id)
            try plane.crash()
            let lost = second.asking.finish(seconds: 20)
            #expect(lost.status != 0 && lost.errors.contains("connection to the gateway was lost"), "\(lost)")
            #expect(try approve(second.id).status == 1)
            #expect(try approve("--format", "json").output.isEmpty)
            // Asked again it is as any other.
            let third = try ask()
            #expect(try approve(third.id).status == 0)
            let done = third.asking.finish(seconds: 20)
            #expect(done.output.contains("carol has approved it"), "\(done)")
        }
        try agent.stop()
    }
}
