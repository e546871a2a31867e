using System.Globalization;

namespace RaftAkka.Processes.Support;

/// <summary>The files of a cluster of a single server, in a folder of their own.</summary>
internal sealed class OneServer : IDisposable
{
    private readonly TempFolder _folder = new();

    public OneServer(string clusterName = "demo", string? more = null)
    {
        Port = FreePorts.Find(1)[0];
        File.WriteAllText(NodeFile, $$"""
            raft {
              cluster-id = {{clusterName}}
              id = n1
              members = [ { id = n1, address = "{{Address}}" } ]
              data-directory = data
              {{more}}
            }
            """);
        File.WriteAllText(ClientFile, $$"""
            raft {
              cluster-id = {{clusterName}}
              client.seeds = ["{{Address}}"]
            }
            """);
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public string NodeFile => _folder["node.conf"];

    public string ClientFile => _folder["client.conf"];

    public string Data => _folder["data"];

    public async Task<RunningTool> StartAsync(params IEnumerable<string> arguments)
    {
        var node = RunningTool.Start(["node", NodeFile, .. arguments]);
        await node.SaysAsync("raft node n1 is ready");
        return node;
    }

    public void Dispose() => _folder.Dispose();
}
