using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RaftAkka.Tool.Bench;
using Xunit;

namespace RaftAkka.Tool.Tests.Bench;

public sealed class ListeningProcessesTests
{
    private const string Head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    [Fact]
    public void Listeners_are_found_in_the_kernels_table()
    {
        string[] table =
        [
            Head,
            Row("0100007F:0FD3", "0A", 1234),
            Row("0100007F:0FD3", "01", 5678),   // A connection that this port accepted.
            Row("0100007F:0FD4", "0A", 9999),
        ];

        Assert.Equal(["socket:[1234]"], Listeners(table, "127.0.0.1"));
    }

    [Fact]
    public void Nodes_with_the_same_port_at_addresses_of_their_own_are_told_apart()
    {
        string[] table = [Head, Row("0200007F:0FD3", "0A", 2), Row("0300007F:0FD3", "0A", 3)];

        Assert.Equal(["socket:[2]"], Listeners(table, "127.0.0.2"));
        Assert.Equal(["socket:[3]"], Listeners(table, "127.0.0.3"));
        Assert.Empty(Listeners(table, "127.0.0.4"));
    }

    [Fact]
    public void Who_listens_everywhere_listens_at_every_address()
    {
        string[] table = [Head, Row("00000000:0FD3", "0A", 1), Row("00000000000000000000000000000000:0FD3", "0A", 2)];

        Assert.Equal(["socket:[1]", "socket:[2]"], Listeners(table, "127.0.0.1"));
    }

    [Fact]
    public void An_old_address_is_recognized_inside_a_new_one()
    {
        string[] table =
        [
            Head,
            Row("0000000000000000FFFF00000100007F:0FD3", "0A", 1),
            Row("00000000000000000000000001000000:0FD3", "0A", 2),
        ];

        Assert.Equal(["socket:[1]"], Listeners(table, "127.0.0.1"));
        Assert.Equal(["socket:[2]"], Listeners(table, "::1"));
    }

    [SkippableFact]
    public void A_process_is_found_only_at_the_address_where_it_listens()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux shows who listens");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        listener.Listen(1);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        Assert.Equal(Environment.ProcessId, ListeningProcesses.At($"127.0.0.2:{port}"));
        Assert.Null(ListeningProcesses.At($"127.0.0.3:{port}"));
    }

    private static IEnumerable<string> Listeners(string[] table, string host) =>
        ListeningProcesses.ListenersIn(table, [IPAddress.Parse(host)], port: 0x0FD3);

    private static string Row(string local, string state, int inode) => string.Create(
        CultureInfo.InvariantCulture,
        $"   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1 0 100");
}
