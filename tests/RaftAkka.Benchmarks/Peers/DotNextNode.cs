using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.Membership;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using RaftAkka.Tool.Bench;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>
/// A process that is one node of a dotNext cluster: Raft over dotNext's TCP transport, and a port for clients beside it.
/// </summary>
internal sealed class DotNextNode(RaftCluster cluster, DotNextStore store)
{
    private const int ChunkBytes = 512 * 1024;

    /// <summary>Runs until standard input ends.</summary>
    /// <param name="arguments">The data directory, the number of this node, its client port, and all Raft ports.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var directory = arguments[0];
        var ports = arguments[2..].Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var own = int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture);
        var (clientPort, raftPorts) = (ports[0], ports[1..]);

        var store = new DotNextStore();
        await using var log = new FlushingLog(
            new WriteAheadLog.Options
            {
                Location = directory,
                ChunkSize = ChunkBytes,
                MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
            },
            store);
        await using var cluster = new RaftCluster(Configuration(raftPorts, own)) { AuditTrail = log };
        await log.InitializeAsync();
        await cluster.StartAsync(CancellationToken.None);

        using var listener = new TcpListener(IPAddress.Loopback, clientPort);
        listener.Start();
        _ = new DotNextNode(cluster, store).ServeAsync(listener);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    // Timeouts as dotNext's 1 to 2 seconds, so that full load on two cores does not look like a dead leader.
    private static RaftCluster.TcpConfiguration Configuration(int[] ports, int own)
    {
        var configuration = new RaftCluster.TcpConfiguration(new IPEndPoint(IPAddress.Loopback, ports[own]))
        {
            LowerElectionTimeout = 1000,
            UpperElectionTimeout = 2000,
            RequestTimeout = TimeSpan.FromSeconds(1),
            TransmissionBlockSize = 64 * 1024 - 1,
            ColdStart = false,
            ConfigurationStorage = null,   // In memory.
        };
        var storage = (InMemoryClusterConfigurationStorage<EndPoint>)configuration.ConfigurationStorage!;
        var members = storage.CreateInitialConfigurationBuilder();
        foreach (var port in ports) members.Add(new IPEndPoint(IPAddress.Loopback, port));
        members.Build();
        return configuration;
    }

    private async Task ServeAsync(TcpListener listener)
    {
        while (true)
        {
            var connection = new Frames(await listener.AcceptSocketAsync());
            _ = connection.ReadAsync(OnFrame);
        }
    }

    private void OnFrame(Frames connection, int number, byte[] body) => _ = (DotNextCall)body[0] switch
    {
        DotNextCall.Put => PutAsync(connection, number, body),
        DotNextCall.Get => GetAsync(connection, number, body),
        _ => TellRole(connection, number),
    };

    private async Task PutAsync(Frames connection, int number, byte[] body)
    {
        try
        {
            var write = new DotNextWrite(body[1..], cluster.AuditTrail.Term);
            await cluster.ReplicateAsync(write, CancellationToken.None);
            Answer(connection, number, DotNextAnswer.Done, new Reading(write.Index, default));
        }
        catch (Exception failed)
        {
            await Console.Error.WriteLineAsync($"A put failed: {failed.Message}");
            Answer(connection, number, DotNextAnswer.Failed, default);
        }
    }

    private async Task GetAsync(Frames connection, int number, byte[] body)
    {
        try
        {
            await cluster.ApplyReadBarrierAsync(ReadBarrierType.Strong, CancellationToken.None);
            Answer(connection, number, DotNextAnswer.Done, store.Get(body.AsMemory(1)));
        }
        catch (Exception failed)
        {
            await Console.Error.WriteLineAsync($"A get failed: {failed.Message}");
            Answer(connection, number, DotNextAnswer.Failed, default);
        }
    }

    private Task TellRole(Frames connection, int number)
    {
        var leads = !cluster.LeadershipToken.IsCancellationRequested;
        Answer(connection, number, leads ? DotNextAnswer.Done : DotNextAnswer.Failed, default);
        return Task.CompletedTask;
    }

    private static void Answer(Frames connection, int number, DotNextAnswer answer, Reading reading)
    {
        Span<byte> revision = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(revision, reading.Revision);
        connection.Write(number, [(byte)answer], revision, reading.Value.Span);
    }
}

/// <summary>What a client asks.</summary>
internal enum DotNextCall : byte
{
    Put = 1,
    Get = 2,
    DoYouLead = 3,
}

/// <summary>How it went.</summary>
internal enum DotNextAnswer : byte
{
    Done = 0,
    Failed = 1,
}
