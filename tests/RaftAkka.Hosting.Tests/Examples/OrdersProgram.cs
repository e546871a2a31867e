using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RaftAkka.Hosting;
using RaftAkka.KeyValue;

namespace Orders;

public static class OrdersProgram
{
    // One of three servers, and a client of all three, in one application: start it as n1, n2 and n3.
    public static async Task RunAsync(string server)
    {
        using var host = Build(server);
        await host.StartAsync();

        var orders = host.Services.GetRequiredService<KeyValueClient>();
        await orders.PutAsync("orders/1", "two coffees");
        Console.WriteLine((await orders.GetAsync("orders/1"))?.ModRevision);

        await host.WaitForShutdownAsync();
    }

    public static IHost Build(string server)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services
            .AddAkka("app", akka => akka
                .WithRaft(options =>
                {
                    options.Cluster = "orders";
                    options.Server = server;
                    options.Members["n1"] = "127.0.0.1:4061";
                    options.Members["n2"] = "127.0.0.1:4062";
                    options.Members["n3"] = "127.0.0.1:4063";
                    options.DataDirectory = $"data/{server}";
                    options.StateMachine = () => new KeyValueMachine();
                })
                .WithRaftClient(options =>
                {
                    options.Cluster = "orders";
                    options.Seeds.Add("127.0.0.1:4061");
                    options.Seeds.Add("127.0.0.1:4062");
                    options.Seeds.Add("127.0.0.1:4063");
                }))
            .AddRaftClient()
            .AddSingleton<KeyValueClient>();
        return builder.Build();
    }
}
