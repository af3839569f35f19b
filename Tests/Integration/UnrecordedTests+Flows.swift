import Foundation
import Testing

extension Integration.UnrecordedTests {
    /// The unrecorded acts between two barriers; each is told after everything before it would be.
    private func acts(_ plane: Plane, from first: String = "", to last: String) throws -> [String] {
        plane.engine.clean("volume", "rm", "-f", last)
        try plane.engine.docker("volume", "create", last)
        func rules(_ lines: [[String: Any]]) -> [String] {
            lines.filter { $0["operation"] as? String == "UnrecordedAct" }
                .map { "\($0["rule"] ?? "") \($0["target"] ?? "")" }
        }
        let barrier = "unrecorded.volume.create volume/"
        var found: [String] = []
        // An engine that was started anew is heard a little later.
        for _ in 0..<4 where !found.contains(barrier + last) {
            found = rules(try plane.record { rules($0).contains(barrier + last) })
        }
        let end = try #require(found.firstIndex(of: barrier + last), "\(found)")
        let start = found.firstIndex(of: barrier + first).map { $0 + 1 } ?? 0
        return Array(found[start..<end])
    }

    /// A project comes and goes, and much is refused by the engine; the engine is killed and comes back.
    @Test func projectsRefusalsAndRestartsAreExplained() throws {
        try withPlane { plane in
            let engine = plane.engine
            defer {
                engine.clean("rm", "-f", "uf-a", "uf-b", "uf-c", "uf-always", "ufp_web_1")
                engine.clean("rmi", "uf-im:1")
                engine.clean("volume", "rm", "-f", "ufp_data", "uf-vol", "uf-1", "uf-2", "uf-3", "uf-4")
                engine.clean("network", "rm", "uf-net", "ufp_default")
            }
            try plane.awaitInventory()
            try project(plane)
            let ofProject = try acts(plane, to: "uf-1")
            #expect(ofProject.isEmpty, "\(ofProject)")
            try refusals(plane)
            let ofRefusals = try acts(plane, from: "uf-1", to: "uf-2")
            #expect(ofRefusals.isEmpty, "\(ofRefusals)")
            // What the engine has refused explains nobody else's deed.
            #expect(try plane.docker("admin", "rm", "uf-a").status != 0)
            let id = try engine.docker("inspect", "-f", "{{.Id}}", "uf-a").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try engine.docker("rm", "-f", "uf-a")
            let around = try acts(plane, from: "uf-2", to: "uf-3")
            #expect(
                around == [
                    "unrecorded.container.kill container/\(id)",
                    "unrecorded.container.destroy container/\(id)",
                ], "\(around)")
            let made = try plane.docker(
                "admin", "run", "-d", "--name", "uf-always", "--restart", "always", "bb:1", "sleep", "1000")
            #expect(made.status == 0, "\(made)")
            try engine.restart()
            try plane.awaitInventory()
            #expect(try plane.docker("admin", "rm", "-f", "uf-always").status == 0)
            let ofRestart = try acts(plane, from: "uf-3", to: "uf-4")
            #expect(ofRestart.isEmpty, "\(ofRestart)")
        }
    }

    private func project(_ plane: Plane) throws {
        let folder = plane.folder.appendingPathComponent("ufp")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("docker-compose.yml")
        try """
        version: "2.4"
        services:
          web: {image: "bb:1", command: sleep 1000, volumes: ["data:/data", /unnamed], restart: unless-stopped}
        volumes: {data: {}}
        """.write(to: file, atomically: true, encoding: .utf8)
        for words in [
            "up -d", "exec -T web true", "up -d --force-recreate -t 0", "restart -t 0", "down -v -t 0",
        ] {
            let outcome = try run(
                ["docker-compose", "-p", "ufp", "--project-directory", folder.path, "-f", file.path]
                    + words.split(separator: " ").map(String.init),
                environment: plane.environment("admin"), seconds: 120)
            #expect(outcome.status == 0, "\(words): \(outcome)")
        }
    }

    /// Whatever the engine does before it refuses, or undoes afterwards, is not somebody else's.
    private func refusals(_ plane: Plane) throws {
        for (words, fails) in [
            ("run -d --name uf-a bb:1 sleep 1000", false), ("create --name uf-a bb:1", true),
            ("start uf-a", false), ("rm uf-a", true), ("unpause uf-a", true),
            ("create --name uf-b -v uf-vol:/a -v /b --volume-driver none bb:1", true),
            ("create --name uf-b -v uf-vol:/a --storage-opt size=1G bb:1", true),
            ("run --name uf-b bb:1 /not-there", true), ("start uf-b", true), ("restart uf-b", true),
            ("rm -f -v uf-b", false), ("run --rm -v /b --name uf-b bb:1 /not-there", true),
            ("network create uf-net", false), ("network create uf-net", true),
            ("run -d --name uf-b --network uf-net bb:1 sleep 1000", false),
            ("network rm uf-net", true), ("network connect uf-net uf-b", true),
            ("exec uf-b /not-there", true), ("stop -t 0 uf-b", false), ("stop uf-b", false),
            ("exec uf-b true", true), ("kill uf-b", true), ("rename uf-b uf-a", true),
            ("cp uf-b:/not-there \(plane.folder.path)", true), ("rmi uf-none:1", true),
            ("commit uf-a uf-im:1", false), ("create --name uf-c uf-im:1", false),
            ("rmi uf-im:1", true), ("rm uf-c", false), ("rmi uf-im:1", false),
            ("tag uf-none:1 uf-some:1", true), ("rm -v uf-b", false), ("volume rm uf-none", true),
            ("network rm uf-net", false),
        ] {
            let outcome = try run(
                ["docker"] + words.split(separator: " ").map(String.init),
                environment: plane.environment("admin"))
            #expect((outcome.status != 0) == fails, "\(words): \(outcome)")
        }
    }

    /// What a Swarm does for its services is its own.
    @Test func servicesAreExplained() throws {
        try withPlane { plane in
            try plane.awaitInventory()
            func docker(_ words: String) throws {
                let outcome = try run(
                    ["docker"] + words.split(separator: " ").map(String.init),
                    environment: plane.environment("admin"), seconds: 120)
                #expect(outcome.status == 0, "\(words): \(outcome)")
            }
            defer {
                plane.engine.clean("swarm", "leave", "--force")
                plane.engine.clean("volume", "rm", "-f", "uf-5")
            }
            try docker("swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377")
            try docker("network create -d overlay uf-over")
            try docker(
                "service create -q --no-resolve-image --name uf --network uf-over --stop-grace-period 0s "
                    + "bb:1 sleep 1000")
            try docker("service scale uf=2")
            try docker("service update -q --no-resolve-image --update-delay 0s --env-add A=b uf")
            try docker("service rm uf")
            let end = Date().addingTimeInterval(60)
            func tasks() throws -> String {
                try plane.engine.docker("ps", "-aq", "--filter", "label=com.docker.swarm.service.name=uf").output
            }
            while try !tasks().isEmpty, Date() < end { usleep(100_000) }
            let ofSwarm = try acts(plane, to: "uf-5")
            #expect(ofSwarm.isEmpty, "\(ofSwarm)")
            // It is over before another gateway listens.
            try docker("network rm uf-over")
            try docker("swarm leave --force")
        }
    }
}
