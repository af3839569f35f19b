import Foundation
import Testing

extension Integration {
    /// What a grant hides, stock clients do not see, and they work on.
    @Suite(.serialized) struct HideTests {
        private static let policy =
            Plane.policy + "\n" + """
                  - {to: ops, may: [view, logs, wait, start, save, cp], in: "*", hide: [env, labels, commands], level: privileged}
                  - {to: desk, may: [view, logs, wait, start, save], in: red, hide: [env, labels, commands]}
                  - {to: auditor, may: [view, logs], in: red, hide: [env]}
                """

        private static let marks = ["e-secret", "l-secret", "c-secret"]

        /// One of each kind of object, all of it with something to hide.
        private func make(_ plane: Plane) throws {
            let dockerfile = """
                FROM bb:1
                ENV A=e-secret
                LABEL a=l-secret
                RUN echo c-secret
                ONBUILD RUN echo c-secret
                HEALTHCHECK --interval=1h CMD echo c-secret
                CMD echo c-secret; sleep 1000
                """
            let built = try plane.docker("alice", "build", "-t", "hidden:1", "-", input: dockerfile)
            #expect(built.status == 0, "\(built)")
            for command in [
                ["network", "create", "--label", "a=l-secret", "hidden-net"],
                ["volume", "create", "--label", "a=l-secret", "hidden-vol"],
                [
                    "run", "-d", "--name", "hidden", "--label", "b=l-secret", "-e", "B=e-secret", "--network", "hidden-net",
                    "--log-opt", "labels=b", "--log-opt", "env=B",
                    "--mount", "type=volume,dst=/d,volume-label=c=l-secret", "hidden:1",
                ],
                ["create", "--name", "broken", "hidden:1", "c-secret"],
            ] {
                let outcome = try run(["docker"] + command, environment: plane.environment("alice"))
                #expect(outcome.status == 0, "\(command): \(outcome)")
            }
        }

        private func clean(_ plane: Plane) {
            plane.engine.clean("rm", "-f", "-v", "hidden", "broken")
            plane.engine.clean("network", "rm", "hidden-net")
            plane.engine.clean("volume", "rm", "hidden-vol")
            plane.engine.clean("rmi", "-f", "hidden:1")
        }

        /// Who may see everybody's objects says the engine's names.
        private func said(_ words: [String], by who: String, _ plane: Plane) throws -> [String] {
            guard who == "ops" else { return words }
            return try words.map { word in
                switch word {
                case "hidden", "broken": try plane.engine.id(word)
                case "hidden:1":
                    try plane.docker("alice", "inspect", "-f", "{{.Id}}", word).output
                        .trimmingCharacters(in: .whitespacesAndNewlines)
                case "hidden-net": try plane.engine.name("network", word)
                case "hidden-vol": try plane.engine.name("volume", word)
                default: word
                }
            }
        }

        @Test func noAnswerShowsWhatIsHidden() throws {
            try withPlane(policy: Self.policy) { plane in
                try make(plane)
                defer { clean(plane) }
                // It has really been there to see.
                let seen = try plane.docker("alice", "inspect", "hidden", "hidden:1").output
                for mark in Self.marks { #expect(seen.contains(mark), "\(mark)") }
                #expect(try plane.docker("auditor", "inspect", "hidden").output.contains("l-secret"))
                #expect(try !plane.docker("auditor", "inspect", "hidden").output.contains("e-secret"))
                for who in ["ops", "desk"] {
                    for command in [
                        ["ps", "-a", "--no-trunc", "--format", "{{json .}}"], ["inspect", "hidden"], ["inspect", "hidden:1"],
                        ["top", "hidden"], ["top", "hidden", "-o", "args,pid,user"], ["history", "--no-trunc", "hidden:1"],
                        ["images"], ["image", "inspect", "hidden:1"], ["network", "ls", "--format", "{{json .}}"],
                        ["network", "inspect", "hidden-net"], ["volume", "ls", "--format", "{{json .}}"],
                        ["volume", "inspect", "hidden-vol"], ["system", "df", "-v"], ["info"], ["diff", "hidden"],
                        ["stats", "--no-stream", "hidden"], ["container", "ls", "-s"], ["port", "hidden"],
                        ["events", "--since", "1m", "--until", "0s", "--format", "{{json .}}"],
                    ] {
                        let words = try said(command, by: who, plane)
                        let outcome = try run(["docker"] + words, environment: plane.environment(who))
                        #expect(outcome.status == 0, "\(who) \(command): \(outcome)")
                        for mark in Self.marks {
                            #expect(!outcome.output.contains(mark), "\(who) \(command): \(outcome)")
                        }
                    }
                    let hidden = try said(["hidden"], by: who, plane)[0], broken = try said(["broken"], by: who, plane)[0]
                    // The engine names the program that it could not start.
                    let start = try plane.docker(who, "start", broken)
                    #expect(start.status != 0 && !start.errors.contains("c-secret"), "\(start)")
                    #expect(start.errors.contains("hide: commands"), "\(start)")
                    let waited = try plane.docker(who, "wait", broken)
                    #expect(waited.output == "127\n", "\(waited)")
                    #expect(try plane.docker(who, "inspect", broken).output.contains("c-secret") == false)
                    // What programs write is for whoever may read logs; what the engine adds is not.
                    #expect(try plane.docker(who, "logs", hidden).output == "c-secret\n")
                    for command in [
                        ["logs", "--details", "hidden"], ["save", "-o", plane.folder.path + "/saved.tar", "hidden:1"],
                        ["ps", "--filter", "label=b=l-secret"],
                        ["events", "--until", "0s", "--filter", "event=exec_create: sh"],
                    ] {
                        let words = try said(command, by: who, plane)
                        let outcome = try run(["docker"] + words, environment: plane.environment(who))
                        #expect(outcome.status != 0, "\(who) \(command): \(outcome)")
                        #expect(outcome.errors.contains("rule grant.hide (policy.yaml:"), "\(who) \(command): \(outcome)")
                    }
                }
            }
        }

        /// The command line of an exec and labels are in events of containers.
        @Test func eventsHideWhileTheyFlow() throws {
            try withPlane(policy: Self.policy) { plane in
                try make(plane)
                defer { clean(plane) }
                let watching = try ["ops", "desk"].map {
                    try plane.start($0, "events", "--format", "{{json .}}", "--since", "1m")
                }
                try plane.docker("alice", "exec", "hidden", "echo", "c-secret")
                try plane.docker("alice", "rename", "hidden", "renamed")
                try plane.docker("alice", "rename", "renamed", "hidden")
                for client in watching {
                    #expect(client.wait { $0.output.contains("oldName") }, "\(client.output)")
                    for mark in Self.marks { #expect(!client.output.contains(mark), "\(client.output)") }
                }
                #expect(watching[1].output.contains("\"name\":\"hidden\""))
                // Whose grant hides other things from now on begins anew.
                let policy = plane.folder.appendingPathComponent("policy.yaml")
                try Self.policy.replacing("hide: [env, labels, commands]", with: "hide: [env, labels]")
                    .write(to: policy, atomically: true, encoding: .utf8)
                let reloaded = try plane.quaymaster("policy", "reload")
                #expect(reloaded.status == 0, "\(reloaded)")
                for client in watching { #expect(client.finish(seconds: 30).status != -SIGKILL) }
            }
        }

        @Test func otherClientsWorkOn() throws {
            try withPlane(policy: Self.policy) { plane in
                try make(plane)
                defer { clean(plane) }
                let script = """
                    import docker
                    client = docker.from_env()
                    container = client.containers.get("hidden")
                    print(container.name, container.status, container.labels, container.attrs["Config"]["Env"])
                    print([c.name for c in client.containers.list(all=True) if c.name == "hidden"], container.image.tags)
                    print(container.top()["Titles"][-1], client.images.get("hidden:1").labels)
                    print(client.images.get("hidden:1").history()[0]["CreatedBy"], container.logs())
                    print([n.name for n in client.networks.list() if n.name == "hidden-net"], client.volumes.get("hidden-vol").name)
                    client.df(); client.info()
                    """
                for who in ["desk"] {
                    let outcome = try run(["python3", "-c", script], environment: plane.environment(who))
                    #expect(
                        outcome.output == """
                            hidden running {} []
                            ['hidden'] ['hidden:1']
                            CMD {}
                            (hidden) b'c-secret\\n'
                            ['hidden-net'] hidden-vol

                            """, "\(outcome)")
                }
                // Compose finds containers by their labels: whoever may not see those is told so.
                let file = plane.folder.appendingPathComponent("docker-compose.yml")
                try "version: '2.4'\nservices: {one: {image: 'hidden:1', environment: [C=e-secret]}}\n".write(
                    to: file, atomically: true, encoding: .utf8)
                let compose = ["docker-compose", "-p", "hiding", "-f", file.path]
                let up = try run(compose + ["up", "-d"], environment: plane.environment("alice"))
                defer { _ = try? run(compose + ["down"], environment: plane.environment("alice")) }
                #expect(up.status == 0, "\(up)")
                let seen = try run(compose + ["ps"], environment: plane.environment("auditor"))
                #expect(seen.status == 0 && seen.output.contains("hiding_one_1"), "\(seen)")
                let refused = try run(compose + ["ps"], environment: plane.environment("desk"))
                #expect(refused.status != 0 && refused.errors.contains("rule grant.hide"), "\(refused)")
            }
        }
    }
}
