import Foundation
import Testing

extension Integration {
    /// A tenant has as many objects as its quota says, however many ask at the same time.
    @Suite(.serialized) struct QuotaTests {
        private static let policy = Plane.policy.replacing(
            "{red: {}, blue: {}}",
            with: "{red: {quota: {containers: 10, volumes: 4, networks: 2}}, blue: {}}")

        /// A hundred creates at once, each on a connection of its own; prints the statuses.
        private static let racer = """
            import http.client, ssl, sys, threading
            host, port = sys.argv[1].split(':')
            context = ssl.create_default_context(cafile=sys.argv[2] + '/ca.pem')
            context.load_cert_chain(sys.argv[2] + '/cert.pem', sys.argv[2] + '/key.pem')
            barrier = threading.Barrier(100)
            statuses = []
            def create(number):
                c = http.client.HTTPSConnection(host, int(port), context=context, timeout=120)
                c.connect()
                barrier.wait()
                c.request('POST', '/v1.41/containers/create?name=raced-%d' % number, '{"Image":"bb:1"}',
                          {'Content-Type': 'application/json'})
                answer = c.getresponse()
                statuses.append((answer.status, answer.read().decode()))
            threads = [threading.Thread(target=create, args=(n,)) for n in range(100)]
            for t in threads: t.start()
            for t in threads: t.join()
            for s in sorted(statuses): print(*s)
            """

        private func usage(_ plane: Plane, _ kind: String) throws -> String {
            let outcome = try plane.quaymaster("tenant", "list", "red", "--usage", "--format", "json")
            return outcome.output.split(separator: "\n").first { $0.contains("\"\(kind)\"") }.map(String.init) ?? ""
        }

        private static func lines(_ text: String) -> [String] {
            text.split(separator: "\n").map(String.init)
        }

        /// How many were made, how many refused, and how many of these with the quota and its line.
        private static func counts(_ output: String) -> [Int] {
            let words = "its quota is 10; rule quota.containers (policy.yaml:1)"
            let refused = lines(output).filter { $0.hasPrefix("403 ") }
            let made = lines(output).filter { $0.hasPrefix("201 ") }
            return [made.count, refused.count, refused.filter { $0.contains(words) }.count]
        }

        /// True when a container can be made before long.
        private func createsInTime(_ plane: Plane, _ name: String) throws -> Bool {
            let end = Date().addingTimeInterval(20)
            while Date() < end {
                if try plane.docker("alice", "create", "--name", name, "bb:1").status == 0 { return true }
                usleep(200_000)
            }
            return false
        }

        @Test func aHundredAtOnceMakeTen() throws {
            try withPlane(policy: Self.policy) { plane in
                let names = (0..<100).map { "raced-\($0)" }
                defer { plane.engine.clean(["rm", "-f"] + names) }
                let raced = try run(["python3", "-c", Self.racer, plane.address, try plane.certificates("alice")])
                let counts = Self.counts(raced.output)
                #expect(counts == [10, 90, 90], "\(raced)")
                let listed = try plane.docker("alice", "ps", "-aq").output
                #expect(Self.lines(listed).count == 10)
                #expect(try usage(plane, "container") == #"{"tenant":"red","kind":"container","used":10,"quota":10}"#)
                // Others are not counted, and what is removed is free at once.
                #expect(try plane.docker("bo", "create", "--name", "uncounted", "bb:1").status == 0)
                defer { plane.engine.clean("rm", "-f", "uncounted", "next", "over") }
                let own = try plane.docker("alice", "ps", "-a", "--format", "{{.Names}}").output
                try plane.docker("alice", "rm", Self.lines(own).first ?? "")
                #expect(try plane.docker("alice", "create", "--name", "next", "bb:1").status == 0)
                let over = try plane.docker("alice", "create", "--name", "over", "bb:1")
                #expect(over.errors.contains("quota.containers"), "\(over)")
                // What went without the gateway counts no more.
                plane.engine.clean("rm", "-f", "next")
                #expect(try createsInTime(plane, "over"))
            }
        }

        @Test func portsCount() throws {
            let policy = Plane.policy.replacing(
                "{red: {}, blue: {}}", with: "{red: {quota: {ports: 2}}, blue: {}}")
            try withPlane(policy: policy) { plane in
                defer { plane.engine.clean("rm", "-f", "p1", "p2", "p3", "none", "bos") }
                #expect(try plane.docker("alice", "create", "--name", "p1", "-p", "18080:80", "bb:1").status == 0)
                let many = try plane.docker("alice", "create", "--name", "p2", "-p", "80", "-p", "81", "bb:1")
                #expect(many.errors.contains("would publish more than 2 ports"), "\(many)")
                #expect(many.errors.contains("rule quota.ports (policy.yaml:1)"), "\(many)")
                #expect(try plane.docker("alice", "create", "--name", "p2", "-p", "80", "bb:1").status == 0)
                let third = try plane.docker("alice", "create", "--name", "p3", "-p", "80", "bb:1")
                #expect(third.errors.contains("rule quota.ports"), "\(third)")
                #expect(try plane.docker("alice", "create", "--name", "none", "bb:1").status == 0)
                #expect(try plane.docker("bo", "create", "--name", "bos", "-p", "80", "-p", "81", "-p", "82", "bb:1").status == 0)
                #expect(try usage(plane, "port") == #"{"tenant":"red","kind":"port","used":2,"quota":2}"#)
                // What is removed gives its ports back, with and without the gateway.
                try plane.docker("alice", "rm", "p1")
                #expect(try plane.docker("alice", "create", "--name", "p3", "-p", "80", "bb:1").status == 0)
                plane.engine.clean("rm", "-f", "p2")
                let end = Date().addingTimeInterval(20)
                var isFree = false
                while !isFree, Date() < end {
                    isFree = try plane.docker("alice", "create", "--name", "p1", "-p", "80", "bb:1").status == 0
                    if !isFree { usleep(200_000) }
                }
                #expect(isFree)
                // What is adopted brings its ports, and nothing is refused for it.
                defer { plane.engine.clean("rm", "-f", "brought") }
                try plane.engine.docker("create", "--name", "brought", "-p", "90", "-p", "91", "bb:1")
                #expect(try plane.quaymaster("tenant", "adopt", "red", "container/brought").status == 0)
                #expect(try usage(plane, "port") == #"{"tenant":"red","kind":"port","used":4,"quota":2}"#)
            }
        }

        /// Volumes by any way, and networks, the tenant's own default one among them.
        @Test func everyWayCounts() throws {
            try withPlane(policy: Self.policy) { plane in
                defer {
                    plane.engine.clean("rm", "-f", "-v", "one", "two")
                    plane.engine.clean("volume", "rm", "-f", "v1", "v2", "v3", "v4")
                    plane.engine.clean("network", "rm", "n1")
                }
                #expect(try plane.docker("alice", "volume", "create", "v1").status == 0)
                // Two on the way, and one without a name.
                let one = try plane.docker("alice", "create", "--name", "one", "-v", "v2:/a", "-v", "v3:/b", "-v", "/c", "bb:1")
                #expect(one.status == 0, "\(one)")
                #expect(try usage(plane, "volume").contains("\"used\":4"))
                let volume = try plane.docker("alice", "volume", "create", "v4")
                #expect(volume.errors.contains("rule quota.volumes (policy.yaml:1)"), "\(volume)")
                // One that is there is no new one.
                #expect(try plane.docker("alice", "volume", "create", "v1").status == 0)
                let way = try plane.docker("alice", "create", "--name", "two", "-v", "v4:/a", "bb:1")
                #expect(way.status != 0 && way.errors.contains("rule quota.volumes"), "\(way)")
                // What was refused has left nothing that counts.
                #expect(try usage(plane, "container").contains("\"used\":1"))
                #expect(try plane.docker("alice", "create", "--name", "two", "-v", "v1:/a", "bb:1").status == 0)
                // The default network came with the containers.
                #expect(try plane.docker("alice", "network", "create", "n1").status == 0)
                let network = try plane.docker("alice", "network", "create", "n2")
                #expect(network.errors.contains("rule quota.networks"), "\(network)")
                try plane.docker("alice", "network", "rm", "n1")
                #expect(try plane.docker("alice", "network", "create", "n1").status == 0)
            }
        }
    }
}
