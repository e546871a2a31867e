using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Up;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>DotNext.Net.Cluster: three processes of this program, and one connection to their leader.</summary>
internal sealed class DotNextPeer : IPeer, IBenchTarget
{
    public const string NodeCommand = "dotnext-node";

    public static readonly PeerKind Kind = new(
        "dotNext", StartAsync,
        "three processes over DotNext.Net.Cluster's TCP transport, WriteAheadLog with private memory and 512 KiB "
        + "chunks, the leader flushes before it acknowledges, and followers before they answer the leader; "
        + "one TCP connection to the leader, strong read barrier");

    private const int Nodes = 3;
    private const int CallersMax = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-bench-dotnext-").FullName;
    private readonly List<Process> _nodes = [];
    private readonly TaskCompletionSource<Reading>?[] _calls = new TaskCompletionSource<Reading>?[CallersMax];
    private Frames? _leader;

    public string Name => Kind.Name;

    public IEnumerable<(string Name, int Process)> Processes => _nodes.Select((node, at) => ($"d{at + 1}", node.Id));

    public IBenchTarget Target => this;

    public static async Task<IPeer> StartAsync()
    {
        var peer = new DotNextPeer();
        try
        {
            var ports = FreePorts.Find(2 * Nodes).ToArray();
            for (var node = 0; node < Nodes; node++) peer.StartNode(node, ports);
            foreach (var node in peer._nodes)
            {
                if (await node.StandardOutput.ReadLineAsync() is null)
                    throw new InvalidOperationException("A dotNext node stopped before it was ready.");
            }
            peer._leader = await LeaderAsync(ports[..Nodes]);
            _ = peer._leader.ReadAsync(peer.OnAnswer);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public Task Put(int caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        Call(caller, DotNextCall.Put, key.Span, value.Span);

    public Task Get(int caller, ReadOnlyMemory<byte> key) => Call(caller, DotNextCall.Get, key.Span, default);

    public long RevisionOf(Task put) => ((Task<Reading>)put).Result.Revision;

    public Reading ReadingOf(Task get) => ((Task<Reading>)get).Result;

    public BenchFailure? Classify(Exception failure) => failure is IOException ? BenchFailure.Unknown : null;

    public async ValueTask DisposeAsync()
    {
        _leader?.Dispose();
        foreach (var node in _nodes)
        {
            if (!node.HasExited) node.Kill();
            await node.WaitForExitAsync();
            node.Dispose();
        }
        Directory.Delete(_directory, recursive: true);
    }

    private Task<Reading> Call(int caller, DotNextCall call, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        // A caller has one call under way at most, so its number tells which one an answer is for.
        var answer = new TaskCompletionSource<Reading>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[caller] = answer;
        _leader!.Write(caller, [(byte)call], key, value);
        return answer.Task;
    }

    private void OnAnswer(Frames connection, int number, byte[] body)
    {
        var call = _calls[number]!;
        if ((DotNextAnswer)body[0] != DotNextAnswer.Done)
            call.SetException(new IOException("The node failed; its standard error tells why."));
        else
            call.SetResult(new Reading(BinaryPrimitives.ReadInt64LittleEndian(body.AsSpan(1)), body.AsMemory(1 + sizeof(long))));
    }

    private void StartNode(int node, int[] ports)
    {
        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("dotnet",
        [
            typeof(DotNextPeer).Assembly.Location, NodeCommand, Path.Combine(_directory, $"d{node + 1}"), Text(node),
            Text(ports[node]), .. ports[Nodes..].Select(Text),
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _nodes.Add(Process.Start(start) ?? throw new InvalidOperationException("A dotNext node did not start."));
    }

    private static async Task<Frames> LeaderAsync(int[] ports)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (var port in ports)
            {
                if (await LeadsAsync(port, patience.Token)) return await ConnectAsync(port, patience.Token);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }

    private static async Task<bool> LeadsAsync(int port, CancellationToken stop)
    {
        using var connection = await ConnectAsync(port, stop);
        var answer = new TaskCompletionSource<bool>();
        _ = connection.ReadAsync((_, _, body) => answer.TrySetResult((DotNextAnswer)body[0] == DotNextAnswer.Done));
        connection.Write(0, [(byte)DotNextCall.DoYouLead], default, default);
        return await answer.Task.WaitAsync(stop);
    }

    private static async Task<Frames> ConnectAsync(int port, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return new Frames(socket);
    }
}
