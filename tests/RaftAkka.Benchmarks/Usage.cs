namespace RaftAkka.Benchmarks;

/// <summary>What the program can do.</summary>
internal static class Usage
{
    public const string Text = """
        Measures node processes on this machine, three where nothing else is said, from one client process.

        Rates and latencies:
          load [SECONDS] [VALUE_BYTES]   writes with 1, 100 and 1000 in flight (10 s each, values of 256 bytes)
          reads [SECONDS]                linearizable reads, likewise
          compare [--seconds N] [--repeats N] [--plot FILE] [--only NAME,NAME]
                                         us, etcd and dotNext in turn; a table, and a plot (10 s, 3 repeats, compare.svg)
          scale [--seconds N] [--plot FILE] [--only servers,values,clients]
                                         writes by the number of servers, the size of values and the number of client
                                         systems; tables, and a plot (10 s for each point, scale.svg)
          counters [SECONDS]             context switches, fsyncs, packets and allocations for each write, with 1, 100 and
                                         1000 in flight (5 s each; Linux; fsyncs where strace is installed)
          micro [--filter PATTERN]       the hot pieces alone, with their allocations

        Faults:
          failover [RUNS]                the time without acknowledged writes after kill -9 of the leader (30 runs)
          heal [RUNS] [--seconds N] [--only all,servers,follower]
                                         the time until service after a partition of N seconds heals (5 runs, 10 s; Linux,
                                         root, iptables: nodes in network namespaces that go at the end)
          members                        the time without acknowledged writes while five servers are replaced, on
                                         hand-over, and when the leader is stopped

        Long runs, which fail where what they watch is not as it has to be:
          endurance [--minutes N] [--rate N] [--row SECONDS]
                                         half of the greatest rate: latencies, memory, GC pauses, disks and elections by the
                                         minute (30 minutes)
          steady [--minutes N] [--row SECONDS] [--stopped-follower | --killed-follower]
                                         full load: elections, memory (10 minutes, a row every 10 s)
          soak [--minutes N]             writes in a loop; fails where a disk is not bounded (60 minutes)

        A large state:
          capture [KEYS] [VALUE_BYTES]   the pause and the cost of a snapshot, without a cluster (1,000,000, 256)
          state install [MB]             to a server that joins while 100 clients write: time, the leader's memory (500)
          state start [MB] [ENTRIES]     a start from a snapshot, and one from a log (500 MB, 1,000,000)
          state disk [WRITES] [KEYS]     the disk after so many writes to so many keys (10,000,000, 100,000)
        """;
}
