// SPDX-License-Identifier: Apache-2.0
// Combwise entrance gate: two light curtains tell a bee going out from one coming home, and a drone from a worker.

module wingbeat_counter #(
    parameter LANES          = 8,
    parameter TRANSIT_LIMIT  = 12'd2600,
    parameter DRONE_SHADOW   = 10'd410
) (
    input  wire              clk_gate,
    input  wire              rst_gate_n,
    input  wire [LANES-1:0]  curtain_inner,
    input  wire [LANES-1:0]  curtain_outer,
    input  wire              latch_minute,
    output reg  [15:0]       homecomers,
    output reg  [15:0]       leavers,
    output reg  [15:0]       drones,
    output reg               lane_jammed
);

    localparam LANE_EMPTY   = 2'd0;
    localparam LANE_INWARD  = 2'd1;
    localparam LANE_OUTWARD = 2'd2;
    localparam LANE_STUCK   = 2'd3;

    reg [1:0]  lane_state  [0:LANES-1];
    reg [11:0] transit     [0:LANES-1];
    reg [9:0]  shadow      [0:LANES-1];

    reg [3:0]  inward_now;
    reg [3:0]  outward_now;
    reg [3:0]  drone_now;
    reg        stuck_now;
    integer    lane;

    // A bee that turns back in the tunnel breaks the same curtain twice and must count as nothing.
    always @(posedge clk_gate or negedge rst_gate_n) begin
        if (!rst_gate_n) begin
            for (lane = 0; lane < LANES; lane = lane + 1) begin
                lane_state[lane] <= LANE_EMPTY;
                transit[lane]    <= 12'd0;
                shadow[lane]     <= 10'd0;
            end
        end else begin
            for (lane = 0; lane < LANES; lane = lane + 1) begin
                transit[lane] <= (lane_state[lane] == LANE_EMPTY) ? 12'd0 : transit[lane] + 12'd1;
                shadow[lane]  <= (curtain_inner[lane] & curtain_outer[lane]) ? shadow[lane] + 10'd1 : shadow[lane];
                case (lane_state[lane])
                    LANE_EMPTY: begin
                        shadow[lane] <= 10'd0;
                        if (curtain_outer[lane] & ~curtain_inner[lane]) lane_state[lane] <= LANE_INWARD;
                        else if (curtain_inner[lane] & ~curtain_outer[lane]) lane_state[lane] <= LANE_OUTWARD;
                    end
                    LANE_STUCK:
                        if (~curtain_inner[lane] & ~curtain_outer[lane]) lane_state[lane] <= LANE_EMPTY;
                    default:
                        if (transit[lane] > TRANSIT_LIMIT) lane_state[lane] <= LANE_STUCK;
                        else if (~curtain_inner[lane] & ~curtain_outer[lane]) lane_state[lane] <= LANE_EMPTY;
                endcase
            end
        end
    end

    always @* begin
        inward_now  = 4'd0;
        outward_now = 4'd0;
        drone_now   = 4'd0;
        stuck_now   = 1'b0;
        for (lane = 0; lane < LANES; lane = lane + 1) begin
            if (lane_state[lane] == LANE_INWARD && curtain_inner[lane] && ~curtain_outer[lane]) begin
                inward_now = inward_now + 4'd1;
                if (shadow[lane] > DRONE_SHADOW) drone_now = drone_now + 4'd1;
            end
            if (lane_state[lane] == LANE_OUTWARD && curtain_outer[lane] && ~curtain_inner[lane])
                outward_now = outward_now + 4'd1;
            if (lane_state[lane] == LANE_STUCK) stuck_now = 1'b1;
        end
    end

    always @(posedge clk_gate or negedge rst_gate_n) begin
        if (!rst_gate_n || latch_minute) begin
            homecomers  <= 16'd0;
            leavers     <= 16'd0;
            drones      <= 16'd0;
            lane_jammed <= 1'b0;
        end else begin
            homecomers  <= homecomers + {12'd0, inward_now};
            leavers     <= leavers + {12'd0, outward_now};
            drones      <= drones + {12'd0, drone_now};
            lane_jammed <= lane_jammed | stuck_now;
        end
    end
endmodule
