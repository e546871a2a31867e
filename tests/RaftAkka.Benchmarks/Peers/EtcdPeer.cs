using System.Diagnostics;
using dotnet_etcd;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Up;

namespace RaftAkka.Benchmarks.Peers;

/// <summary>etcd as Debian packages it: three members, and ten connections to their leader.</summary>
internal sealed class EtcdPeer : IPeer, IBenchTarget
{
    public static readonly PeerKind Kind = new(
        "etcd", StartAsync,
        "three members of Debian's etcd-server, default settings; dotnet-etcd with ten connections to the leader");

    private const int Members = 3;
    private const int Connections = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-bench-etcd-").FullName;
    private readonly List<Process> _members = [];
    private EtcdClient[] _clients = [];

    public string Name => Kind.Name;

    public IEnumerable<(string Name, int Process)> Processes => _members.Select((member, at) => ($"m{at + 1}", member.Id));

    public IBenchTarget Target => this;

    /// <summary>Whether the program is there; it is not ours to install.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "etcd")));

    public static async Task<IPeer> StartAsync()
    {
        var peer = new EtcdPeer();
        try
        {
            var ports = FreePorts.Find(2 * Members).ToArray();
            for (var member = 0; member < Members; member++) peer.StartMember(member, ports);
            var leader = await LeaderAsync(ports[..Members]);
            peer._clients = [.. Enumerable.Range(0, Connections).Select(_ => Connect(leader))];
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public Task Put(int caller, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        _clients[caller % Connections].PutAsync(new PutRequest
        {
            Key = ByteString.CopyFrom(key.Span),
            Value = ByteString.CopyFrom(value.Span),
        });

    public Task Get(int caller, ReadOnlyMemory<byte> key) =>
        _clients[caller % Connections].GetAsync(new RangeRequest { Key = ByteString.CopyFrom(key.Span) });

    public long RevisionOf(Task put) => ((Task<PutResponse>)put).Result.Header.Revision;

    public Reading ReadingOf(Task get) => ((Task<RangeResponse>)get).Result.Kvs is [var entry, ..]
        ? new Reading(entry.ModRevision, entry.Value.Memory)
        : default;

    public BenchFailure? Classify(Exception failure) => failure is RpcException ? BenchFailure.Unknown : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var member in _members)
        {
            if (!member.HasExited) member.Kill();
            await member.WaitForExitAsync();
            member.Dispose();
        }
        Directory.Delete(_directory, recursive: true);
    }

    private static EtcdClient Connect(int port) =>
        new($"http://127.0.0.1:{port}", configureChannelOptions: options => options.Credentials = ChannelCredentials.Insecure);

    private void StartMember(int member, int[] ports)
    {
        string Client(int at) => $"http://127.0.0.1:{ports[at]}";
        string Peer(int at) => $"http://127.0.0.1:{ports[Members + at]}";
        string Id(int at) => $"m{at + 1}";
        var start = new ProcessStartInfo("etcd",
        [
            "--name", Id(member), "--data-dir", Path.Combine(_directory, Id(member)),
            "--listen-client-urls", Client(member), "--advertise-client-urls", Client(member),
            "--listen-peer-urls", Peer(member), "--initial-advertise-peer-urls", Peer(member),
            "--initial-cluster", string.Join(',', Enumerable.Range(0, Members).Select(at => $"{Id(at)}={Peer(at)}")),
            "--initial-cluster-token", Path.GetFileName(_directory), "--logger", "zap", "--log-level", "error",
            "--quota-backend-bytes", "8589934592",
        ]);
        _members.Add(Process.Start(start) ?? throw new InvalidOperationException("etcd did not start."));
    }

    private static async Task<int> LeaderAsync(int[] ports)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (var port in ports)
            {
                if (await IsLeaderAsync(port, patience.Token)) return port;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }

    private static async Task<bool> IsLeaderAsync(int port, CancellationToken stop)
    {
        using var client = Connect(port);
        try
        {
            var status = await client.StatusAsync(new StatusRequest(), cancellationToken: stop);
            return status.Leader != 0 && status.Leader == status.Header.MemberId;
        }
        catch (RpcException) when (!stop.IsCancellationRequested)
        {
            return false;   // It does not listen yet.
        }
    }
}
