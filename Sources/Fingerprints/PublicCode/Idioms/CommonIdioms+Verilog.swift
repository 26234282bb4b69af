extension CommonIdioms {
    static let verilog = #"""
        `timescale 1ns / 1ps
        module fifo #(
            parameter WIDTH = 8,
            parameter DEPTH = 16
        ) (
            input  wire             clk,
            input  wire             rst_n,
            input  wire             wr_en,
            input  wire [WIDTH-1:0] din,
            output reg  [WIDTH-1:0] dout,
            output wire             full,
            output wire             empty
        );
            reg [WIDTH-1:0] mem [0:DEPTH-1];
            reg [7:0] count;
            always @(posedge clk or negedge rst_n) begin
                if (!rst_n) begin
                    count <= 0;
                end else begin
                    if (wr_en && !full) count <= count + 1;
                    if (rd_en && !empty) count <= count - 1;
                end
            end
            always @(posedge clk) begin
                if (rst)
                    q <= 0;
                else if (en)
                    q <= d;
            end
            always @* begin
                case (state)
                    2'b00: next = 2'b01;
                    2'b01: next = 2'b10;
                    default: next = 2'b00;
                endcase
            end
            assign full  = (count == DEPTH);
            assign empty = (count == 0);
        endmodule
        module test;
            reg clk = 0;
            always #5 clk = ~clk;
            integer i;
            initial begin
                $dumpfile("dump.vcd");
                $dumpvars(0, test);
                for (i = 0; i < 16; i = i + 1) begin
                    mem[i] = 0;
                end
                if (value !== expected) begin
                    $display("error: %d", value);
                    $stop;
                end
                $finish;
            end
        endmodule
        """#
}
